"""Translating: batch by batch, each saved as it is done, so that a kill costs one of them.

Batches are the same wherever one begins, and so is what is asked: a text that was interrupted is that of an undisturbed
run, as far as the translator says the same twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

from aisubs.model.errors import AisubsError, error
from aisubs.model.glossary import Term, glossary_of, not_kept
from aisubs.model.translation import Sentence, SentenceState, TranslationState
from aisubs.pipeline.jobs import Jobs
from aisubs.pipeline.translation.accepted import accepted
from aisubs.pipeline.translation.batches import Batch, batches_of, order_of
from aisubs.pipeline.translation.keep_corrections import remade_of
from aisubs.ports import Order, Translator

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
"""Faults in a row, without a sentence between them."""

BACKOFF_S, LONGEST_BACKOFF_S = 5.0, 300.0
SENTENCES_PER_PAGE = 2000


@dataclass(frozen=True, slots=True)
class Terms:
    """Of translating one recording, all its languages together: how much it may take (0: any), and how long whoever has
    claimed it may be silent."""

    tokens: int
    requests: int
    lease_s: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where it stands now, whose fault that is, and when to go on."""

    state: TranslationState
    fault: AisubsError | None = None
    retry_in_s: float = 0.0


def translate_claimed(
    claim: dict[str, Any],
    *,
    jobs: Jobs,
    translator: Translator,
    terms: Terms,
    stop: Event,
    tell: Callable[[int, int], None] = lambda *_: None,
) -> Outcome:
    """All that is left of a claimed translation, or until `stop`. Raises `lost_lease`, and what the database raises."""
    work = _Work(claim, jobs, translator, terms)
    try:
        finished = work.run(stop, tell)
    except _TranslatorFault as caught:
        return work.give_up(caught.fault)
    return work.end(TranslationState.COMPLETED if finished else TranslationState.WAITING)


class _TranslatorFault(Exception):
    """A fault of the translator, told apart from those of everything else."""

    def __init__(self, fault: AisubsError) -> None:
        self.fault = fault
        super().__init__(fault.code)


class _Work:
    """One claim."""

    def __init__(self, claim: dict[str, Any], jobs: Jobs, translator: Translator, terms: Terms) -> None:
        self._claim = claim
        self._of = (claim["job_id"], claim["language"], claim["fence"])
        self._source: str = claim["source_language"]
        self._glossary = glossary_of((source, target) for source, target in claim["glossary"])
        self._attempts: int = claim["attempts"]
        self._spent = {"tokens": int(claim["tokens"]), "requests": int(claim["requests"])}
        self._jobs, self._translator, self._terms = jobs, translator, terms
        self._no_pair: set[str] = set()

    def run(self, stop: Event, tell: Callable[[int, int], None]) -> bool:
        """False when it was stopped before the end."""
        sentences = list(self._sentences())
        done = sum(one.state is not SentenceState.WAITING for one in sentences)
        tell(done, len(sentences))
        for batch in batches_of(sentences, self._source):
            if not batch.waiting:
                continue
            if stop.is_set():
                return False
            settled = self._translate(batch)
            self._save(settled, tokens=0, requests=0)
            self._attempts = 0
            done += len(settled)
            tell(done, len(sentences))
        return True

    def give_up(self, fault: AisubsError) -> Outcome:
        """For now, or for good."""
        log.warning(
            "translation.fault", extra={"job_id": self._of[0], "error_code": fault.code, "reason": fault.reason}
        )
        if not fault.retryable or self._attempts + 1 >= MAX_ATTEMPTS:
            return self.end(TranslationState.FAILED, fault)
        backoff_s = min(BACKOFF_S * 2**self._attempts, LONGEST_BACKOFF_S)
        wait_s = backoff_s if fault.retry_after_s is None else fault.retry_after_s
        return self.end(TranslationState.WAITING, fault, wait_s)

    def end(self, state: TranslationState, fault: AisubsError | None = None, retry_in_s: float = 0.0) -> Outcome:
        remade = None
        if state is TranslationState.COMPLETED and self._claim["remade"] is not None:
            remade = remade_of(self._claim, list(self._sentences()))
        self._jobs.end_translation(
            *self._of,
            state=state,
            error_code=fault.code if fault else None,
            error_message=fault.sentence if fault else None,
            retry_in_s=retry_in_s,
            remade=remade,
        )
        return Outcome(state, fault, retry_in_s)

    def _sentences(self) -> Iterator[Sentence]:
        since = 0
        while page := self._jobs.read_claimed_sentences(*self._of, since, SENTENCES_PER_PAGE):
            yield from page
            since = page[-1].seq + 1

    def _translate(self, batch: Batch) -> list[Sentence]:
        """All that waits of a batch, settled: what is missing in the answer is asked once more, alone."""
        if not self._has_pair(batch.language):
            return [replace(one, state=SentenceState.UNTRANSLATED) for one in batch.waiting]
        found = self._ask(batch, batch.waiting)
        missing = [one for one in batch.waiting if one.seq not in found]
        for one in missing:
            found |= self._ask(batch, [one])
        if not found and len(batch.waiting) > 1:
            raise _TranslatorFault(error("translator_garbled", f"none of {len(batch.waiting)} sentences"))
        return [self._settled(one, found.get(one.seq)) for one in batch.waiting]

    def _settled(self, one: Sentence, text: str | None) -> Sentence:
        if text is None:
            return replace(one, state=SentenceState.UNTRANSLATED)
        return replace(one, state=SentenceState.TRANSLATED, text=text, doubts=tuple(self._doubts(one, text)))

    def _doubts(self, one: Sentence, text: str) -> Sequence[Term]:
        return not_kept(one.source.text, text, self._glossary)

    def _has_pair(self, language: str) -> bool:
        """What is in a language of its own may have no translator: that costs its sentences, not the text."""
        if language in self._no_pair:
            return False
        try:
            self._translator.check(language, self._of[1])
        except AisubsError as fault:
            if fault.code != "no_such_pair" or language == self._source:
                raise _TranslatorFault(fault) from fault
            self._no_pair.add(language)
            return False
        return True

    def _ask(self, batch: Batch, sentences: Sequence[Sentence]) -> dict[int, str]:
        self._insist_on_budget()
        order: Order = order_of(batch, sentences, self._of[1], self._glossary)
        try:
            answer = self._translator.translate(order)
        except AisubsError as fault:
            self._save([], tokens=0, requests=1)
            raise _TranslatorFault(fault) from fault
        self._save([], tokens=answer.tokens, requests=1)
        return accepted(sentences, answer.texts)

    def _insist_on_budget(self) -> None:
        limits = {"tokens": self._terms.tokens, "requests": self._terms.requests}
        for unit, limit in limits.items():
            if limit and self._spent[unit] >= limit:
                setting = f"TRANSLATION_{unit.upper()}"
                spent = self._spent[unit]
                raise _TranslatorFault(
                    error("translation_budget", spent=spent, limit=limit, unit=unit, setting=setting)
                )

    def _save(self, sentences: Sequence[Sentence], *, tokens: int, requests: int) -> None:
        """What was spent is written down at once, whatever comes of it; the lease begins anew with it."""
        lease_s = self._terms.lease_s
        self._jobs.save_translated(*self._of, sentences, tokens=tokens, requests=requests, lease_s=lease_s)
        self._spent["tokens"] += tokens
        self._spent["requests"] += requests
