"""Soft subtitles in a copy of a stranger's video, put there by a child that has neither of the files (apart.py): this
process hands out the bytes of the one and writes those of the other."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from aisubs.media.apart import HELPER, MAX_READ_BYTES, bytes_for
from aisubs.media.container import Limits
from aisubs.media.messages import fault_in, said_nonsense
from aisubs.media.mux import Track
from aisubs.media.source import Stopped
from aisubs.media.wire import Wire
from aisubs.model.errors import error
from aisubs.ports import RangeReader

SILENCE_S = 600
_WRITE_BYTES = 2 * MAX_READ_BYTES


@dataclass(frozen=True, slots=True)
class CopyLimits:
    """What a child may take that makes a copy of a video, and how large that may become."""

    most_bytes: int
    memory_bytes: int = 1 << 30
    cpu_s: int = 3_600


def mux_apart(
    reader: RangeReader,
    target: BinaryIO,
    suffix: str,
    track: Track,
    *,
    limits: CopyLimits,
    media: Limits,
    stop: threading.Event,
    tell: Callable[[float], None],
) -> None:
    """Write a copy of what `reader` reads into `target`, a container by its `suffix`, with the track in it. `tell`
    hears the share that is done, and may raise to call it off.

    Raises `not_media`, `no_picture`, `cannot_mux`, `copy_memory`, `copy_disk`; `damaged` where the child died; Stopped;
    OSError; and what the reader raises.
    """
    told = {
        "task": "mux",
        "size_bytes": reader.size_bytes,
        "limits": asdict(media),
        "suffix": suffix,
        "language": track.language,
        "memory_bytes": limits.memory_bytes,
        "cpu_s": limits.cpu_s,
        "life_s": None,
    }
    with HELPER.child() as connection:
        wire = Wire(connection, SILENCE_S, stop)
        wire.send(told, json.dumps(list(track.shown)).encode())
        match last_word(wire, reader, target, limits.most_bytes, tell, stop):
            case {"end": True}:
                return
            case said:
                raise fault_in(said)


def last_word(
    wire: Wire,
    reader: RangeReader,
    target: BinaryIO,
    most_bytes: int,
    tell: Callable[[float], None],
    stop: threading.Event,
) -> dict[str, Any]:
    """Give a child what it reads and take what it writes, until it says something else, which is returned.

    `tell` hears shares of the whole, 0..1. Raises Stopped, and as `write_told` and the reader.
    """
    while True:
        said, data = wire.receive()
        if stop.is_set():
            raise Stopped
        match said:
            case {"read": asked}:
                wire.send({}, bytes_for(reader, asked))
            case {"write": offset}:
                write_told(target, offset, data, most_bytes)
            case {"share": int() | float() as share}:
                tell(min(1.0, max(0.0, share)))
            case _:
                return said


def write_told(target: BinaryIO, offset: Any, data: bytes | bytearray, most_bytes: int) -> None:
    """What a child says is to be written. Raises `damaged` for nonsense, `copy_disk` for too much, OSError."""
    if not isinstance(offset, int) or offset < 0 or len(data) > _WRITE_BYTES:
        raise said_nonsense(f"{len(data)} bytes to write at {offset!r}")
    if offset + len(data) > most_bytes:
        raise error("copy_disk", f"the copy is larger than {most_bytes} bytes")
    target.seek(offset)
    target.write(data)
