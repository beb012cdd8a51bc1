"""One print of each voice, out of all that was heard of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict

import numpy as np

from aisubs.adapters.diarizer.chunked.evidence import Evidence
from aisubs.adapters.diarizer.chunked.grid import FRAMES_PER_SECOND, HOP_FRAMES, Array, span_ms
from aisubs.model.voices import VoicePrint
from aisubs.ports.diarizer import SpokenSpans

SURE, HEAVIEST = 60, 300
"""Frames alone (1.0 s) from which a print counts, and (5.0 s) that it counts for at most."""
PURE = 0.8
"""So much of what a print was made of must be one speaker's, or it is nobody's."""
LEAST_MS = 5_000
"""Who is heard alone for less has no print: it would be a noisy picture of a voice."""
_LOOKS = 2
"""Chunks that hear one moment."""


def unit(vectors: Array) -> Array:
    """The same directions with length 1; nothing stays nothing."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Array = vectors / np.maximum(lengths, 1e-9)
    return scaled


def voices_of(evidence: Evidence, spoken: SpokenSpans, network: str) -> dict[str, VoicePrint]:
    """By speaker; those who were heard too shortly, or only over others, are left out."""
    by_time = _ByTime(spoken)
    sums: defaultdict[str, Array] = defaultdict(lambda: np.zeros(evidence.prints.shape[1]))
    frames: defaultdict[str, int] = defaultdict(int)
    for chunk in range(evidence.chunks):
        runs = evidence.runs_of(chunk).tolist()
        for number in range(int(evidence.first_print[chunk]), int(evidence.first_print[chunk + 1])):
            alone = int(evidence.alone[number])
            if alone < SURE:
                continue
            speaker = by_time.speaker_of([_span(chunk, run) for run in runs if run[3] == number])
            if speaker is not None:
                sums[speaker] += evidence.prints[number].astype(np.float64) * min(alone, HEAVIEST)
                frames[speaker] += alone
    heard_ms = {speaker: round(count / _LOOKS / FRAMES_PER_SECOND * 1000) for speaker, count in frames.items()}
    return {
        speaker: VoicePrint(network, unit(sums[speaker]).astype("<f2").tobytes(), heard_ms[speaker])
        for speaker in spoken
        if heard_ms.get(speaker, 0) >= LEAST_MS
    }


def _span(chunk: int, run: list[int]) -> tuple[int, int]:
    """When the run is, in milliseconds; where the recording ends is no matter here."""
    begin = chunk * HOP_FRAMES
    return span_ms(begin + run[1], begin + run[2], 2**62)


class _ByTime:
    """Spans of each speaker, to be asked again and again."""

    def __init__(self, spoken: SpokenSpans) -> None:
        self._spans = {speaker: sorted(spans) for speaker, spans in spoken.items()}
        self._starts = {speaker: [start for start, _ in spans] for speaker, spans in self._spans.items()}
        self._ends = {speaker: [end for _, end in spans] for speaker, spans in self._spans.items()}

    def speaker_of(self, spans: list[tuple[int, int]]) -> str | None:
        """Who says nearly all that is said in these spans; None: nobody, or several do."""
        shares = {speaker: sum(self._shared(speaker, *span) for span in spans) for speaker in self._spans}
        best = max(shares, key=shares.__getitem__, default=None)
        return best if best is not None and shares[best] > PURE * sum(shares.values()) else None

    def _shared(self, speaker: str, start_ms: int, end_ms: int) -> int:
        first, last = bisect_right(self._ends[speaker], start_ms), bisect_left(self._starts[speaker], end_ms)
        own = self._spans[speaker][first:last]
        return sum(max(0, min(end_ms, end) - max(start_ms, start)) for start, end in own)
