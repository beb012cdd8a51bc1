"""The engine port over a speech service elsewhere.

It tells the language only of a window that it writes down. So that first look is kept: where the window turns out to be
wanted in that very language, it is the answer, and nothing is asked or paid for twice.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from threading import Lock

from aisubs.adapters.engine.openai_endpoint.answers import Heard, read_answer
from aisubs.adapters.engine.openai_endpoint.endpoint import Endpoint
from aisubs.adapters.engine.timing.excerpts import excerpt_of
from aisubs.adapters.engine.timing.onsets import loudness_of
from aisubs.adapters.engine.timing.segments import put_together, whole_window, words_in_place
from aisubs.adapters.engine.timing.words import Timeline
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Options
from aisubs.model.speech_model import shown_model
from aisubs.model.transcript import Segment, Word
from aisubs.ports import SAMPLES_PER_SECOND, Guess, Odds, Piece, Prepared, Spent
from aisubs.settings import Settings

PREFIX = "openai"

_TOLD = 0.8
"""How sure it is of a language, which it does not say: not enough to overrule a person (transcribe/language.py)."""
_MOST_TRIED = 4
"""Of the languages that may be spoken, where it heard another one."""
_KEPT = 128
_VERSION = 1


class OpenAiEngine:
    """Plug of `aisubs.ports.Engine`, and of `PaidEngine`."""

    aligns = False

    def __init__(self, endpoint: Endpoint, url: str, at_once: int) -> None:
        self.model = f"{PREFIX}:{endpoint.model}"
        self.fingerprint = f"{PREFIX} {url} {endpoint.model} {_VERSION}"
        self.batch_size = self.concurrency = at_once
        self._endpoint = endpoint
        self._at_once: int | None = None
        self._looks: OrderedDict[bytes, Heard] = OrderedDict()
        self._lock = Lock()

    @staticmethod
    def load(settings: Settings, name: str) -> OpenAiEngine:
        """Raises `engine_unusable`, `model_missing`, `engine_key`, `engine_unavailable`."""
        try:
            endpoint = Endpoint(settings, name)
        except ValueError as fault:
            raise error("engine_unusable", model=f"{PREFIX}:{name}", why=str(fault)) from fault
        known = endpoint.models()
        if known is not None and name not in known:
            raise error("model_missing", f"{endpoint.host} has no such model", model=f"{PREFIX}:{name}")
        return OpenAiEngine(endpoint, settings.hearing_url, settings.hearing_at_once)

    @property
    def spent(self) -> Spent:
        return self._endpoint.budget.spent

    def begin(self, spent: Spent) -> None:
        self._endpoint.budget.begin(spent)

    @property
    def at_once(self) -> int | None:
        return self._at_once

    def narrow(self, at_once: int | None) -> None:
        """Its memory is no concern of ours."""
        self._at_once = at_once

    def prepare(self, piece: Piece) -> Prepared:
        return Prepared(piece)

    def guess_languages(self, batch: Sequence[Prepared], among: Sequence[str] = ()) -> list[Guess]:
        if len(among) == 1:
            return [Guess(among[0], 1.0)] * len(batch)
        return [self._guess(prepared.piece, among) for prepared in batch]

    def guess_spans(self, batch: Sequence[Prepared], among: Sequence[str] = ()) -> list[list[Odds]]:
        """All spans of a piece are in the language of the piece: nobody looks closer there."""
        guesses = self.guess_languages(batch, among)
        return [
            [{guess.language: 1.0 if among else guess.probability}] * len(prepared.piece.spans)
            for prepared, guess in zip(batch, guesses, strict=True)
        ]

    def excerpt(self, prepared: Prepared, spans: tuple[tuple[int, int], ...]) -> Prepared:
        return Prepared(excerpt_of(prepared.piece, spans))

    def transcribe(self, batch: Sequence[Prepared], language: str, options: Options) -> list[tuple[Segment, ...]]:
        prompt = ", ".join(said for said in (options.initial_prompt, options.hotwords) if said)
        return [self._segments(prepared.piece, language, options, prompt) for prepared in batch]

    def redecode(self, piece: Prepared, language: str, options: Options, attempt: int) -> tuple[Segment, ...]:
        """Without what it was told beforehand; at temperature 0 it says nothing else."""
        if attempt > 1 or not (options.initial_prompt or options.hotwords):
            return ()
        return self._segments(piece.piece, language, options, "")

    def align(
        self,
        batch: Sequence[Prepared],  # noqa: ARG002
        texts: Sequence[str],  # noqa: ARG002
        language: str,  # noqa: ARG002
    ) -> list[tuple[Word, ...]]:
        raise error("no_alignment", model=shown_model(self.model))

    def ping(self) -> str:
        """Raises `engine_key`, `engine_unavailable`."""
        self._endpoint.models()
        return f"{self.model} at {self._endpoint.host}, to which the sound is sent"

    def _segments(self, piece: Piece, language: str, options: Options, prompt: str) -> tuple[Segment, ...]:
        heard = self._known(piece, language) if not prompt and options.task == "transcribe" else None
        if heard is None:
            heard = self._hear(piece, language, prompt, options)
        timeline = Timeline(piece.spans)
        whole = whole_window(heard.text, timeline, avg_logprob=heard.avg_logprob, no_speech_prob=heard.no_speech_prob)
        words: list[Word] = []
        if options.word_timestamps and heard.words:
            words = words_in_place(list(heard.words), loudness_of(piece.samples), timeline)
            if any(word.probability is None for word in heard.words):
                words = [replace(word, confidence=None) for word in words]
        return put_together(whole, words, heard.parts, timeline)

    def _hear(self, piece: Piece, language: str | None, prompt: str, options: Options) -> Heard:
        body = self._endpoint.hear(piece.samples, language, prompt, task=options.task, words=options.word_timestamps)
        return read_answer(body, len(piece.samples) / SAMPLES_PER_SECOND)

    def _guess(self, piece: Piece, among: Sequence[str]) -> Guess:
        heard = self._known(piece) or self._look(piece)
        if heard.language is not None and (not among or heard.language in among):
            return Guess(heard.language, _TOLD)
        if not among:
            raise error("engine_unavailable", "it does not tell the language; name it, or the languages that may be")
        return Guess(self._likeliest(piece, among[:_MOST_TRIED]), 1 / len(among))

    def _likeliest(self, piece: Piece, among: Sequence[str]) -> str:
        """In which of these its answer is surest. Raises `bad_language` where it knows none of them."""
        scores: dict[str, float] = {}
        refused: AisubsError | None = None
        for language in among:
            try:
                scores[language] = self._hear(piece, language, "", Options()).avg_logprob or -10.0
            except AisubsError as fault:
                if fault.code != "bad_language":
                    raise
                refused = fault
        if not scores:
            raise refused or error("bad_language", language=", ".join(among))
        return max(sorted(scores), key=lambda language: scores[language])

    def _look(self, piece: Piece) -> Heard:
        heard = self._hear(piece, None, "", Options())
        with self._lock:
            self._looks[_key(piece)] = heard
            while len(self._looks) > _KEPT:
                self._looks.popitem(last=False)
        return heard

    def _known(self, piece: Piece, language: str | None = None) -> Heard | None:
        """What a first look at this very piece has brought, in this language if one is named."""
        with self._lock:
            heard = self._looks.get(_key(piece))
        return heard if heard is None or language in (None, heard.language) else None


def _key(piece: Piece) -> bytes:
    return sha256(piece.samples.tobytes()).digest()
