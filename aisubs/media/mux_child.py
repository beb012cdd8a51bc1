"""The child's side of mux_apart.py: it asks for ranges of the video, and tells what to write where into the copy."""

from __future__ import annotations

import json
from typing import Any

import av

from aisubs.media.container import Limits, open_container
from aisubs.media.extent import moving_pictures
from aisubs.media.mux import Track, copy_with, format_of
from aisubs.media.source import RangeFile
from aisubs.media.structure import inspect_structure
from aisubs.media.wire import Header, Wire
from aisubs.model.errors import AisubsError, error

_BUFFER_BYTES = 1 << 20


class ToldFile:
    """What FFmpeg writes through. It has no name and no bytes: each piece goes to whoever has the disk."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._position = self._end = 0

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move to `offset` bytes from the start (0), here (1) or the end (2)."""
        self._position = (0, self._position, self._end)[whence] + offset
        return self._position

    def write(self, data: bytes) -> int:
        self._wire.send({"write": self._position}, bytes(data))
        self._position += len(data)
        self._end = max(self._end, self._position)
        return len(data)


def mux_asked(wire: Wire, told: Header, data: bytes | bytearray, file: RangeFile) -> None:
    """Copy `file` with the track of `told` and `data`, and say so in the end.

    Raises `not_media`, `no_picture`, `cannot_mux`, `copy_memory`, and what the reader raises.
    """
    limits, track = Limits(**told["limits"]), Track(json.loads(data), told["language"])
    try:
        with open_container(file, limits, inspect_structure(file, limits.max_streams)) as given:
            if not moving_pictures(given):
                raise error("no_picture")
            target: Any = ToldFile(wire)
            with av.open(target, "w", format=format_of(told["suffix"]), buffer_size=_BUFFER_BYTES) as made:
                copy_with(given, made, track, lambda share: wire.send({"share": share}))
    except MemoryError as fault:
        raise error("copy_memory") from fault
    except (av.FFmpegError, ValueError) as fault:
        raise error("cannot_mux", repr(fault), kind=told["suffix"].removeprefix(".")) from fault
    finally:
        if isinstance(file.failure, AisubsError):
            raise file.failure
    wire.send({"end": True})
