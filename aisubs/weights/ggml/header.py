"""How a file of whisper.cpp begins: what it is, and the measures of the model in it."""

from __future__ import annotations

import struct
from dataclasses import astuple, dataclass, fields
from pathlib import Path

MAGIC = 0x67676D6C
_QUANTIZED = 1000
"""A version of quantisation is told in thousands, on top of the kind of numbers."""


@dataclass(frozen=True, slots=True)
class Header:
    """In the order of the file."""

    n_vocab: int
    n_audio_ctx: int
    n_audio_state: int
    n_audio_head: int
    n_audio_layer: int
    n_text_ctx: int
    n_text_state: int
    n_text_head: int
    n_text_layer: int
    n_mels: int
    ftype: int

    def packed(self) -> bytes:
        return struct.pack(f"<{len(fields(Header))}i", *astuple(self))

    @property
    def multilingual(self) -> bool:
        return self.n_vocab >= 51865

    @property
    def languages(self) -> int:
        """How many of Whisper's languages, in their order, it knows; English is the first."""
        return self.n_vocab - 51766 if self.multilingual else 1


def read_header(file: Path) -> Header:
    """Raises ValueError for what is no model of whisper.cpp, and OSError."""
    size = struct.calcsize(f"<I{len(fields(Header))}i")
    with file.open("rb") as stream:
        data = stream.read(size)
    if len(data) < size:
        raise ValueError("it is too short for a model")
    magic, *measures = struct.unpack(f"<I{len(fields(Header))}i", data)
    if magic != MAGIC:
        raise ValueError("it is no model of whisper.cpp (ggml)")
    return Header(*measures)
