"""The diarizer by onnxruntime and numpy alone: segmentation-3.0 and CAM++ listen, linkage decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from aisubs.adapters.diarizer.chunked.chunks import chunks_of, start_sample
from aisubs.adapters.diarizer.chunked.heard import write_row
from aisubs.adapters.diarizer.onnx.decider import OnnxDecider
from aisubs.adapters.diarizer.onnx.hearing import hear
from aisubs.adapters.diarizer.onnx.networks import ROWS, Networks, fingerprint_of
from aisubs.ports.diarizer import SpeakerChunk
from aisubs.ports.engine import Samples

ALGORITHM = 1
"""A new one for whatever changes what is heard or decided and is no other file, format or version."""


class OnnxDiarizer(OnnxDecider):
    """`segmentation`, `embedding`: the ONNX files (aisubs/weights/speakers); `digests`: their SHA-256 in hex.

    The networks are loaded when they first listen, so deciding again costs no memory for them. The kind of processor is
    not in the fingerprint: rows of two kinds differ in the last bit, and decide the same.
    """

    def __init__(self, segmentation: Path, embedding: Path, digests: tuple[str, str]) -> None:
        self._networks = Networks(segmentation, embedding)
        networks = f"segmentation-3.0 {digests[0][:16]}, CAM++ {digests[1][:16]}"
        self.fingerprint = fingerprint_of(networks, ROWS.first_byte, ALGORITHM)

    def start_sample(self, first_chunk: int) -> int:
        return start_sample(first_chunk)

    def listen(self, blocks: Iterable[Samples], first_chunk: int = 0) -> Iterator[SpeakerChunk]:
        """A row for every 4.995 s, 1 to 4 KB. `start_ms` and `end_ms` are those of the 10 s that were heard."""
        for chunk in chunks_of(blocks, first_chunk):
            data = write_row(hear(chunk.samples, self._networks), ROWS)
            yield SpeakerChunk(chunk.seq, chunk.start_ms, chunk.end_ms, data)
