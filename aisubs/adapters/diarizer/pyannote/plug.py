"""The diarizer by pyannote.audio 4: its networks listen, its clustering decides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from aisubs.adapters.diarizer.chunked.chunks import chunks_of, start_sample
from aisubs.adapters.diarizer.chunked.evidence import Evidence, read_rows
from aisubs.adapters.diarizer.chunked.heard import RowFormat, write_row
from aisubs.adapters.diarizer.chunked.voices import voices_of
from aisubs.adapters.diarizer.chunked.voting import turns_of
from aisubs.adapters.diarizer.pyannote.clustering import speakers_of
from aisubs.adapters.diarizer.pyannote.loading import chosen_device, fingerprint_of, load_pipeline, require
from aisubs.adapters.diarizer.pyannote.networks import Networks
from aisubs.model.errors import AisubsError, error
from aisubs.model.turns import SpeakerCount, Turn
from aisubs.model.voices import VoicePrint
from aisubs.ports.diarizer import SpeakerChunk, SpokenSpans
from aisubs.ports.engine import Samples

FIRST_BYTE = 2
"""Of a row: not that of our own networks."""
ALGORITHM = 1
"""A new one for whatever changes what is heard or decided and is no other file, format or version."""


class PyannoteDecider:
    """Decides from the rows of PyannoteDiarizer. It needs the folder for the clustering's numbers, and no sound."""

    alike = 0.50
    """That of our own networks. It is not measured for these, whose weights are not free to be passed on: people are
    asked anyway, and see the number."""

    def __init__(self, folder: Path | None, device: str = "cpu") -> None:
        """Raises `diarizer_unusable`. `device`: auto, cpu or cuda; rows of one are not taken for those of another."""
        self._folder = require(folder)
        self._device = chosen_device(device)
        self.fingerprint = fingerprint_of(self._folder, FIRST_BYTE, ALGORITHM, self._device)

    def reads(self, fingerprint: str) -> bool:
        """Rows of the same files; where and with which versions they were heard decides nothing."""
        ours, theirs = (re.match(r"pyannote \w{16}, rows \d+, ", told) for told in (self.fingerprint, fingerprint))
        return ours is not None and theirs is not None and ours[0] == theirs[0]

    def decide(self, rows: Sequence[SpeakerChunk], duration_ms: int, count: SpeakerCount) -> list[Turn]:
        evidence = self._evidence(rows)
        if not len(evidence.prints):
            return []
        try:
            who = speakers_of(evidence, count, self._pipeline.clustering)
        except (AisubsError, MemoryError):
            raise
        except Exception as fault:  # of scipy, scikit-learn and theirs
            raise error("diarizer_failed", f"{type(fault).__name__}: {fault}") from fault
        heard = _without_nobody(evidence, who)
        return turns_of(heard, np.maximum(who, 0), duration_ms)

    def voices(self, rows: Sequence[SpeakerChunk], spoken: SpokenSpans) -> dict[str, VoicePrint]:
        return voices_of(self._evidence(rows), spoken, " ".join(self.fingerprint.split(",")[:1]))

    @cached_property
    def _pipeline(self) -> Any:
        return load_pipeline(self._folder, self._device)

    @cached_property
    def _networks(self) -> Networks:
        return Networks(self._pipeline)

    @cached_property
    def _rows(self) -> RowFormat:
        return RowFormat(FIRST_BYTE, self._networks.dimensions)

    def _evidence(self, rows: Sequence[SpeakerChunk]) -> Evidence:
        return read_rows(rows, self._rows)


class PyannoteDiarizer(PyannoteDecider):
    """The pipeline is loaded when it first listens or decides."""

    def start_sample(self, first_chunk: int) -> int:
        return start_sample(first_chunk)

    def listen(self, blocks: Iterable[Samples], first_chunk: int = 0) -> Iterator[SpeakerChunk]:
        """A row for every 4.995 s, up to 2 KB. `start_ms` and `end_ms` are those of the 10 s that were heard."""
        for chunk in chunks_of(blocks, first_chunk):
            data = write_row(self._networks.hear(chunk.samples), self._rows)
            yield SpeakerChunk(chunk.seq, chunk.start_ms, chunk.end_ms, data)


def _without_nobody(evidence: Evidence, who: Any) -> Evidence:
    """Without the runs of whom the clustering gave to nobody."""
    runs = evidence.runs.copy()
    given = runs[:, 3] >= 0
    runs[given, 3] = np.where(who[runs[given, 3]] >= 0, runs[given, 3], -1)
    return replace(evidence, runs=runs)
