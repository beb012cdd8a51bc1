"""A plug of the diarizer port that knows people by how loud they are: no weights, and deterministic to the byte.

A row holds, for each tenth of a second of its chunk, how loud it is (decibels, a byte each). Deciding gives every level
of its own loudness to a speaker of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import numpy as np

from aisubs.model.turns import SpeakerCount, Turn
from aisubs.model.voices import VoicePrint
from aisubs.ports import Samples, SpeakerChunk, SpokenSpans
from tests.speech import long_recording, write_audio

CHUNK_SAMPLES = 5 * 16_000
_STEP_SAMPLES, _STEP_MS = 1_600, 100
_SILENCE_DB = 40
"""Loudness is told in dB above -100 dB of full scale: below this nobody speaks."""
_APART_DB = 6


def write_talk(path: Path, seconds: int) -> Path:
    """A recording in which somebody speaks low in every other half minute."""
    sound = np.concatenate(list(long_recording(seconds, seed=5).blocks()))
    sound *= np.where(np.arange(len(sound)) // 480_000 % 2, 0.1, 1.0).astype(np.float32)
    return write_audio([sound], path)


@dataclass
class ScriptedDiarizer:
    """`before_chunk` and `before_decision` may raise, or change the world."""

    fingerprint: str = "scripted-1"
    alike: float = 0.99
    before_chunk: Callable[[int], None] = lambda seq: None
    before_decision: Callable[[], None] = lambda: None
    heard: list[int] = field(default_factory=list)

    def start_sample(self, first_chunk: int) -> int:
        return first_chunk * CHUNK_SAMPLES

    def listen(self, blocks: Iterable[Samples], first_chunk: int = 0) -> Iterator[SpeakerChunk]:
        seq, waiting = first_chunk, np.zeros(0, np.float32)
        for block in blocks:
            waiting = np.concatenate([waiting, block])
            while len(waiting) >= CHUNK_SAMPLES:
                yield self._chunk(seq, waiting[:CHUNK_SAMPLES])
                seq, waiting = seq + 1, waiting[CHUNK_SAMPLES:]
        if len(waiting) >= _STEP_SAMPLES:
            yield self._chunk(seq, waiting)

    def reads(self, fingerprint: str) -> bool:
        return fingerprint == self.fingerprint

    def decide(self, rows: Sequence[SpeakerChunk], duration_ms: int, count: SpeakerCount) -> list[Turn]:
        self.before_decision()
        levels = [(row.start_ms + i * _STEP_MS, level) for row in rows for i, level in enumerate(row.data)]
        most = count.number or count.most or 50
        speakers: dict[int, int] = {}
        turns = []
        for level, run in groupby(levels, key=lambda one: one[1] // _APART_DB if one[1] >= _SILENCE_DB else None):
            if level is not None:
                times = [start_ms for start_ms, _ in run]
                speaker = speakers.setdefault(level, min(len(speakers) + 1, most))
                turns.append(Turn(times[0], min(times[-1] + _STEP_MS, duration_ms), speaker))
        return [turn for turn in turns if turn.end_ms > turn.start_ms]

    def voices(self, rows: Sequence[SpeakerChunk], spoken: SpokenSpans) -> dict[str, VoicePrint]:
        """How often each loudness is heard of a speaker, as a direction."""
        levels = {row.start_ms + i * _STEP_MS: level // _APART_DB for row in rows for i, level in enumerate(row.data)}
        prints = {}
        for speaker, spans in spoken.items():
            heard = [at for start, end in spans for at in range(start // _STEP_MS * _STEP_MS, end, _STEP_MS)]
            counted = np.bincount([levels[at] for at in heard if at in levels], minlength=50).astype(float)
            direction = counted / max(1e-9, float(np.linalg.norm(counted)))
            heard_ms = sum(end - start for start, end in spans)
            prints[speaker] = VoicePrint("loudness", direction.astype("<f2").tobytes(), heard_ms)
        return prints

    def _chunk(self, seq: int, samples: Samples) -> SpeakerChunk:
        self.before_chunk(seq)
        self.heard.append(seq)
        steps = len(samples) // _STEP_SAMPLES
        shaped = samples[: steps * _STEP_SAMPLES].reshape(steps, _STEP_SAMPLES).astype(np.float64)
        loud = 10 * np.log10(np.maximum(np.mean(shaped**2, axis=1), 1e-10))
        start_ms = seq * CHUNK_SAMPLES // 16
        data = np.clip(np.round(loud + 100), 0, 255).astype(np.uint8).tobytes()
        return SpeakerChunk(seq, start_ms, start_ms + len(samples) // 16, data)
