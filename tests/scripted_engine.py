"""A plug of the engine port that says what a test tells it to, at the speed of an accelerator that is not here."""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from aisubs.model.job import Options
from aisubs.model.transcript import Segment, Word
from aisubs.ports import Guess, Odds, Piece, Prepared

Answers = tuple[Segment, ...]
WORD_MS = 400


def say(piece: Piece, seed: int) -> Answers:
    """One segment with a word every 400 ms of speech; the words follow from the samples (their checksum)."""
    words = [
        Word(time_ms, time_ms + WORD_MS, f" {zlib.crc32(b'%d %d' % (seed, time_ms)):x}", 0.9)
        for start, end in piece.spans
        for time_ms in range(start // 16, end // 16 - WORD_MS + 1, WORD_MS)
    ]
    if not words:
        return ()
    text = "".join(word.text for word in words)
    return (Segment(words[0].start_ms, words[-1].end_ms, text, tuple(words), avg_logprob=-0.2, no_speech_prob=0.01),)


def spread(piece: Piece, text: str) -> Iterator[Word]:
    """The words of a text that is known, at the places of those that `say` tells of."""
    places = [word.start_ms for segment in say(piece, 0) for word in segment.words]
    for at, word in enumerate(re.findall(r"\s*\S+", text)):
        start_ms = places[min(at, len(places) - 1)]
        yield Word(start_ms, start_ms + WORD_MS, word, 0.8)


@dataclass
class ScriptedEngine:
    """`speed` is audio seconds per second (None: at once). `before_batch` may raise, or change the world.

    `answers` replaces the answer for a window's seq, `second_answers` that of each further pass.
    """

    speed: float | None = None
    batch_size: int = 16
    concurrency: int = 1
    language: str = "en"
    fingerprint: str = "scripted-1"
    model: str = "scripted"
    before_batch: Callable[[int], None] = lambda number: None
    answers: dict[int, Answers] = field(default_factory=dict)
    second_answers: dict[tuple[int, int], Answers] = field(default_factory=dict)
    guesses: dict[int, Guess] = field(default_factory=dict)
    batches: list[tuple[int, ...]] = field(default_factory=list)
    among: tuple[str, ...] = ()
    passes: list[tuple[int, int]] = field(default_factory=list)
    busy_s: float = 0.0
    before_alignment: Callable[[int], None] = lambda number: None
    aligned: list[tuple[int, str]] = field(default_factory=list)
    at_once: int | None = None
    aligns: bool = True

    def narrow(self, at_once: int | None) -> None:
        self.at_once = at_once

    def prepare(self, piece: Piece) -> Prepared:
        return Prepared(replace(piece, samples=piece.samples[:0].copy()), zlib.crc32(piece.samples.tobytes()))

    def seed_of(self, prepared: Prepared) -> int:
        return int(prepared.features)

    def guess_languages(self, batch: Sequence[Prepared], among: Sequence[str] = ()) -> list[Guess]:
        self.among = tuple(among)
        return [self.guesses.get(one.piece.seq, Guess(self.language, 0.95)) for one in batch]

    def guess_spans(self, batch: Sequence[Prepared], among: Sequence[str] = ()) -> list[list[Odds]]:
        return [
            [{guess.language: guess.probability}] * len(one.piece.spans)
            for one, guess in zip(batch, self.guess_languages(batch, among), strict=True)
        ]

    def excerpt(self, prepared: Prepared, spans: tuple[tuple[int, int], ...]) -> Prepared:
        return replace(prepared, piece=replace(prepared.piece, spans=spans))

    def transcribe(self, batch: Sequence[Prepared], language: str, options: Options) -> list[Answers]:
        self.before_batch(len(self.batches))
        self.batches.append(tuple(one.piece.seq for one in batch))
        if self.speed:
            audio_s = sum(end - start for one in batch for start, end in one.piece.spans) / 16_000
            self.busy_s += audio_s / self.speed
            time.sleep(audio_s / self.speed)  # the work of the accelerator, not a way to wait for anything
        return [self.answers.get(one.piece.seq, say(one.piece, self.seed_of(one))) for one in batch]

    def redecode(self, piece: Prepared, language: str, options: Options, attempt: int) -> Answers:
        self.passes.append((piece.piece.seq, attempt))
        return self.second_answers.get((piece.piece.seq, attempt), ())

    def align(self, batch: Sequence[Prepared], texts: Sequence[str], language: str) -> list[tuple[Word, ...]]:
        self.aligned += [(one.piece.seq, text) for one, text in zip(batch, texts, strict=True)]
        self.before_alignment(len(self.aligned))
        return [tuple(spread(one.piece, text)) for one, text in zip(batch, texts, strict=True)]

    def ping(self) -> str:
        return "scripted"
