"""Sound in an MPEG transport stream that goes on in another stream: PyAV does not hand out what begins late.

Two recordings joined, or a channel that changes its programme. Source: ISO/IEC 13818-1, 2.4.3.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from aisubs.media.source import BLOCK_BYTES, RangeFile

_SYNC = 0x47
_SIZES = {188: 0, 192: 4, 204: 0}
"""Bytes of a packet -> where in it the sync byte stands: broadcast, Blu-ray, with error correction."""
_START_BYTES = 5_000_000
_FIRST_PID, _NO_PID = 0x20, 0x1FFF


def later_sound(file: RangeFile, after: int) -> int | None:
    """Where a programme begins, behind byte `after`, with sound in a stream that was not there at the start."""
    shape = _shape(file.read_at(0, 5 * 204))
    if shape is None:
        return None
    early = {pid for pid, _ in _sound(file, shape, 0, min(after, _START_BYTES), set())}
    return next((at for _, at in _sound(file, shape, after, file.size_bytes, early)), None)


def _sound(
    file: RangeFile, shape: tuple[int, int], start: int, end: int, skipped: set[int]
) -> Iterator[tuple[int, int]]:
    """Each stream of sound that begins between two bytes, with the byte of the table before it that announces it."""
    size, sync_at = shape
    at = start // size * size
    table_at: int | None = None
    ruled_out = set(skipped)
    while at < end:
        data = file.read_at(at, min(BLOCK_BYTES, end - at + size) // size * size)
        packets = np.frombuffer(data[: len(data) // size * size], np.uint8).reshape(-1, size)[:, sync_at:]
        if not len(packets):
            return
        pids = (packets[:, 1] & 0x1F).astype(np.int32) << 8 | packets[:, 2]
        begins = (packets[:, 0] == _SYNC) & (packets[:, 1] & 0x40 != 0)
        wanted = begins & ((pids == 0) | (pids >= _FIRST_PID) & (pids < _NO_PID) & ~np.isin(pids, list(ruled_out)))
        for index in np.flatnonzero(wanted).tolist():
            pid, here = int(pids[index]), at + index * size
            if pid == 0:
                table_at = here
            elif pid not in ruled_out:
                ruled_out.add(pid)
                if _is_sound(packets[index]):
                    yield pid, here if table_at is None else table_at
        at += len(packets) * size


def _shape(head: bytes) -> tuple[int, int] | None:
    for size, sync_at in _SIZES.items():
        if len(head) > 4 * size + sync_at and all(head[number * size + sync_at] == _SYNC for number in range(5)):
            return size, sync_at
    return None


def _is_sound(packet: NDArray[np.uint8]) -> bool:
    """A packet that begins an elementary stream packet of sound: MPEG audio, or private as AC-3 and DTS are."""
    has_adaptation = bool(packet[3] & 0x20)
    payload = packet[4 + (1 + int(packet[4]) if has_adaptation else 0) :][:4].tolist()
    return payload[:3] == [0, 0, 1] and (0xC0 <= payload[3] <= 0xDF or payload[3] in (0xBD, 0xFD))
