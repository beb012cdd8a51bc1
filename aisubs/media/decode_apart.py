"""Decoding in a process of its own (apart.py): this one fetches the bytes and gets the sound.

So a worker's key to the database and to the store is nowhere near FFmpeg, and neither is the network. The samples are
the same to the bit, and they are decoded beside the engine, not in turn with it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np

from aisubs.media.apart import HELPER, bytes_for
from aisubs.media.blocks import Block
from aisubs.media.container import Limits, MediaInfo
from aisubs.media.each_channel import SAMPLE_RATE
from aisubs.media.messages import BlocksIn, fault_in, info_in, of_wish, said_nonsense
from aisubs.media.source import RangeFile
from aisubs.media.tracks import Choice, Wish
from aisubs.media.vad import CHUNK_SAMPLES, SileroVad, state_of, values_of
from aisubs.media.wire import Header, Wire
from aisubs.ports import RangeReader

MEMORY_BYTES = 1 << 30
"""What decoding may take beyond what the child has when it begins: an index of 20 million samples takes 673 MiB, and
more are refused (boxes.py)."""
SILENCE_S = 600
"""A child that neither asks nor answers for so long is hung. Every megabyte of a file makes it ask."""
_MIN_CPU_S = 3600
_CACHED_BLOCKS = 4  # the child keeps what it needs; here two in a row are told from a jump


def decode_apart(
    reader: RangeReader,
    limits: Limits,
    wish: Wish | Choice,
    vad_model: Path,
    skip_samples: int,
    closing: threading.Event,
) -> Iterator[MediaInfo | Block]:
    """As `decode_track`, and with its errors; raises what the reader raises, too, and Stopped once `closing` is set."""
    file = RangeFile(reader, read_ahead=True, stop=closing, cached=_CACHED_BLOCKS)
    ear = _Ear(vad_model)
    blocks = BlocksIn(skip_samples, limits.max_duration_ms * (SAMPLE_RATE // 1000))
    try:
        with HELPER.child() as connection:
            wire = Wire(connection, SILENCE_S, closing)
            wire.send(_told(file, limits, wish, skip_samples))
            while True:
                said, data = wire.receive()
                match said:
                    case {"read": asked}:
                        wire.send({}, bytes_for(file, asked))
                    case {"block": _}:
                        yield blocks.read(said, data)
                    case {"hear": _}:
                        wire.send({}, ear.hear(data))
                    case {"info": info}:
                        yield info_in(info)
                    case {"end": True}:
                        return
                    case _:
                        raise fault_in(said)
    finally:
        file.close()


def _told(file: RangeFile, limits: Limits, wish: Wish | Choice, skip_samples: int) -> Header:
    return {
        "task": "decode",
        "size_bytes": file.size_bytes,
        "limits": asdict(limits),
        "wish": of_wish(wish),
        "skip_samples": skip_samples,
        "memory_bytes": MEMORY_BYTES,
        "cpu_s": max(_MIN_CPU_S, limits.max_duration_ms // 1000),
        "life_s": None,
    }


class _Ear:
    """The network, for a child that asks."""

    def __init__(self, model: Path) -> None:
        self._network = cache(lambda: SileroVad(model))

    def hear(self, data: bytearray) -> bytes:
        """State and probabilities for a state and samples. Raises `damaged` where those are none."""
        try:
            state, samples = state_of(data)
        except ValueError as fault:
            raise said_nonsense(fault) from fault
        if not len(samples) or len(samples) % CHUNK_SAMPLES:
            raise said_nonsense(f"{len(samples)} samples to hear")
        network = self._network()
        network.state = state
        heard = network.probabilities(samples)
        return values_of(network.state) + heard.astype(np.float32).tobytes()
