"""Texts in other languages (aisubs/sql/code/47_translations.sql and 48_translating.sql)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from aisubs.model.glossary import Term
from aisubs.model.translation import Sentence, Translation, sentence_from_json
from aisubs.pipeline.jobs.book import Book
from aisubs.pipeline.jobs.rights import Holder


class Translations(Book):
    """Asked for by owners, made by whoever has claimed them, read by whoever may read the job."""

    __slots__ = ()

    def request_translation(
        self,
        job_id: str,
        holder: Holder,
        language: str,
        *,
        source_language: str,
        source_revision: int,
        glossary: Sequence[Term],
        shifts: Sequence[tuple[int, int]],
        sentences: Iterable[Sentence],
        at_most: int,
        remade: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The translation as `list_translations` shows it. Of one that people have corrected, `remade` is {revision,
        speakers, overlaps, duration_ms}: what they wrote in that revision is `kept` by the sentences, and is put into
        the text again, with these names and times of the original. Raises `not_finished`, `revision_conflict`,
        `too_many_translations` for more languages than `at_most`."""
        rows = [
            {"source": one.source.as_json(), "state": one.state} | ({"kept": one.kept.as_json()} if one.kept else {})
            for one in sentences
        ]
        return self.database.call(
            "request_translation",
            job_id=job_id,
            holder=holder.as_json(),
            language=language,
            source_language=source_language,
            source_revision=source_revision,
            glossary=_pairs(glossary),
            shifts=list(shifts),
            sentences=rows,
            at_most=at_most,
            remade=remade,
        )[0]

    def list_translations(self, job_id: str, holder: Holder) -> list[dict[str, Any]]:
        """{language, state, sentences, done, untranslated, doubtful, corrected, to_check, source_language,
        source_revision, revision, version, glossary, translator, sent_to, tokens, requests, error_code, error_message,
        requested_at, finished_at, not_before}, by language. `tokens` and `requests` are those of all languages
        together."""
        return self.database.call("list_translations", job_id=job_id, holder=holder.as_json())

    def read_translation(self, job_id: str, holder: Holder, language: str) -> Translation:
        """Raises `translation_not_found`."""
        row = self.database.call("read_translation", job_id=job_id, holder=holder.as_json(), language=language)[0]
        sentences = [sentence_from_json(one) for one in row["sentences"]]
        return Translation(row["about"], sentences, tuple((from_ms, by_ms) for from_ms, by_ms in row["shifts"]))

    def delete_translation(self, job_id: str, holder: Holder, language: str) -> None:
        """With its corrections. Raises `translation_not_found`."""
        self.database.call("delete_translation", job_id=job_id, holder=holder.as_json(), language=language)

    def claim_translation(
        self,
        lease_s: float,
        translator: str,
        sent_to: str | None,
        wanted_job: str | None = None,
        wanted_language: str | None = None,
    ) -> dict[str, Any] | None:
        """{job_id, language, fence, source_language, glossary, attempts, tokens, requests, remade}: what waits longest,
        or was left by somebody who is silent; with `wanted_job` and `wanted_language` that one, whoever has it. None:
        nothing to do. `remade` is what `request_translation` was given, with the `document` that people have corrected
        and the `shifts` of the text."""
        rows = self.database.call(
            "claim_translation",
            lease_s=lease_s,
            translator=translator,
            sent_to=sent_to,
            wanted_job=wanted_job,
            wanted_language=wanted_language,
        )
        return rows[0] if rows else None

    def read_claimed_sentences(
        self, job_id: str, language: str, fence: int, since_seq: int, limit: int
    ) -> list[Sentence]:
        """In order. Raises `lost_lease`."""
        rows = self.database.call(
            "read_claimed_sentences",
            job_id=job_id,
            language=language,
            fence=fence,
            since_seq=since_seq,
            max_rows=limit,
        )
        return [sentence_from_json(row) for row in rows]

    def save_translated(
        self,
        job_id: str,
        language: str,
        fence: int,
        sentences: Iterable[Sentence],
        *,
        tokens: int,
        requests: int,
        lease_s: float,
    ) -> None:
        """With what was spent on them, all or nothing; none of them is fine. Raises `lost_lease`."""
        rows = [
            {"seq": one.seq, "state": one.state, "text": one.text, "doubts": _pairs(one.doubts)} for one in sentences
        ]
        self.database.call(
            "save_translated",
            job_id=job_id,
            language=language,
            fence=fence,
            sentences=rows,
            tokens=tokens,
            requests=requests,
            lease_s=lease_s,
        )

    def end_translation(
        self,
        job_id: str,
        language: str,
        fence: int,
        *,
        state: str,
        error_code: str | None,
        error_message: str | None,
        retry_in_s: float,
        remade: dict[str, Any] | None = None,
    ) -> None:
        """The end of a claim: `completed`, `failed`, or `waiting` for whoever comes in `retry_in_s`. `remade`: the
        revision with what people wrote in it (arguments of `save_revision`), of a claim that asks for one. Raises
        `lost_lease`, and `incomplete` for one that is to be completed while sentences wait."""
        self.database.call(
            "end_translation",
            job_id=job_id,
            language=language,
            fence=fence,
            state=state,
            error_code=error_code,
            error_message=error_message,
            retry_in_s=retry_in_s,
            remade=remade,
        )


def _pairs(terms: Iterable[Term]) -> list[tuple[str, str]]:
    return [(term.source, term.target) for term in terms]
