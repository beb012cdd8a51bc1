"""Deciding alone, where no weights are: numpy on rows that another machine has heard."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aisubs.adapters.diarizer.chunked.evidence import read_rows
from aisubs.adapters.diarizer.chunked.voices import voices_of
from aisubs.adapters.diarizer.chunked.voting import turns_of
from aisubs.adapters.diarizer.onnx.deciding import speakers_of
from aisubs.adapters.diarizer.onnx.networks import EMBEDDING, ROWS
from aisubs.model.turns import SpeakerCount, Turn
from aisubs.model.voices import VoicePrint
from aisubs.ports.diarizer import SpeakerChunk, SpokenSpans

_OURS = re.compile(rf"segmentation-3\.0 \w+, CAM\+\+ \w+, rows {ROWS.first_byte}, ")
"""How the fingerprints of those begin whose rows can be read here: the same networks, the same row. Versions and
threads move the last bit of a print, which decides nothing."""


class OnnxDecider:
    """A `Decider` for the rows of OnnxDiarizer."""

    alike = 0.50
    """Measured (`make bench-speakers`, "names across recordings"): one voice in two rooms or on a telephone has 0.45
    and more, 0.51 once it is known from several recordings; two voices have 0.40 at most, and 0.64 once, of 286."""

    def reads(self, fingerprint: str) -> bool:
        return _OURS.match(fingerprint) is not None

    def decide(self, rows: Sequence[SpeakerChunk], duration_ms: int, count: SpeakerCount) -> list[Turn]:
        evidence = read_rows(rows, ROWS)
        return turns_of(evidence, speakers_of(evidence, count), duration_ms)

    def voices(self, rows: Sequence[SpeakerChunk], spoken: SpokenSpans) -> dict[str, VoicePrint]:
        return voices_of(read_rows(rows, ROWS), spoken, EMBEDDING)
