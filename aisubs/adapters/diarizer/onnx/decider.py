"""Deciding alone, where no weights are: numpy on rows that another machine has heard."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aisubs.adapters.diarizer.onnx.deciding import speakers_of
from aisubs.adapters.diarizer.onnx.evidence import read_rows
from aisubs.adapters.diarizer.onnx.heard import FORMAT
from aisubs.adapters.diarizer.onnx.voting import turns_of
from aisubs.model.turns import SpeakerCount, Turn
from aisubs.ports.diarizer import SpeakerChunk

_OURS = re.compile(rf"segmentation-3\.0 \w+, CAM\+\+ \w+, rows {FORMAT}, ")
"""How the fingerprints of those begin whose rows can be read here: the same networks, the same row. Versions and
threads move the last bit of a print, which decides nothing."""


class OnnxDecider:
    """A `Decider` for the rows of OnnxDiarizer."""

    def reads(self, fingerprint: str) -> bool:
        return _OURS.match(fingerprint) is not None

    def decide(self, rows: Sequence[SpeakerChunk], duration_ms: int, count: SpeakerCount) -> list[Turn]:
        evidence = read_rows(rows)
        return turns_of(evidence, speakers_of(evidence, count), duration_ms)
