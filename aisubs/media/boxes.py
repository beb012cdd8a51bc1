"""The box structure of ISO base media files (mp4, m4a, mov, 3gp): is the file whole, and are its tables sane?

FFmpeg reports a missing end as "invalid data" or not at all, and it believes sample counts: a file of one kilobyte can
make it allocate gigabytes. Both are seen here by walking box headers. Source: ISO/IEC 14496-12, 4.2 and 8.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from aisubs.media.source import RangeFile
from aisubs.model.errors import error

FIRST_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"sidx", b"moof"})
_PARENTS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf"})

MAX_WALK_BYTES = 8 << 20
"""A fragmented file has boxes all along; beyond so many bytes the decoder's own end check has to do."""
MAX_MOOV_BYTES = 256 << 20
MAX_SAMPLES = 20_000_000
"""24 hours of video at 120 frames a second with sound have 15 million; FFmpeg takes 36 bytes for each."""
MAX_RUN_SAMPLES = 1_000_000
MAX_BOXES = 300_000
"""A day of fragments of one second has 170 thousand."""


@dataclass(frozen=True, slots=True)
class Box:
    """`start` is the first byte of the payload, `end` the byte after it, as the header claims."""

    type: bytes
    start: int
    end: int


def find_missing_end(file: RangeFile, max_tracks: int) -> tuple[str, bool, int | None]:
    """Say why the file is incomplete ("" when nothing shows that), whether all of it was walked, and where another file
    begins that was joined to it.

    Raises `damaged` for insane tables and `too_many_streams`.
    """
    found: set[bytes] = set()
    already = file.bytes_read
    samples = 0
    before = 0
    for box in _children(file, 0, file.size_bytes):
        if box.type == b"ftyp" and b"mdat" in found and found & {b"moov", b"moof"}:
            return "", True, before
        found.add(box.type)
        before = box.end
        if box.end > file.size_bytes:
            return f"box {box.type!r} ends at byte {box.end} of {file.size_bytes}", True, None
        if box.type in (b"moov", b"moof"):
            samples += _claimed_samples(file, box, max_tracks)
        if samples > MAX_SAMPLES:
            raise error("damaged", f"an index that claims {samples} samples")
        if file.bytes_read - already > MAX_WALK_BYTES:
            return "", False, None
    has_index = bool(found & {b"moov", b"moof"}) or b"mdat" not in found
    return "" if has_index else "sound without an index (moov)", True, None


def _children(file: RangeFile, start: int, end: int) -> Iterator[Box]:
    for _ in range(MAX_BOXES):
        header = file.read_at(start, 16) if start + 8 <= end else b""
        if len(header) < 8:
            return
        size, kind = struct.unpack_from(">I4s", header)
        payload = start + 8
        if size == 1 and len(header) == 16:
            size, payload = struct.unpack_from(">Q", header, 8)[0], start + 16
        elif size == 0:
            size = end - start
        if size < payload - start:
            return
        yield Box(kind, payload, start + size)
        start += size
    raise error("damaged", f"more than {MAX_BOXES} boxes in one")


def _claimed_samples(file: RangeFile, top: Box, max_tracks: int) -> int:
    """How many samples FFmpeg would index one by one for a `moov` or `moof`."""
    if top.end - top.start > MAX_MOOV_BYTES:
        raise error("damaged", f"an index of {top.end - top.start} bytes")
    samples, parents = 0, [top]
    for parent in parents:
        for box in _children(file, parent.start, min(parent.end, file.size_bytes)):
            if box.type in _PARENTS:
                parents.append(box)
            elif box.type == b"stbl":
                samples += _claimed_by_track(file, box)
            elif box.type == b"trun":
                samples += _claimed_by_trun(file, box)
            # A track is in the list with each of its levels: trak, mdia, minf.
            if len(parents) > 3 * max_tracks + 1:
                raise error("too_many_streams", f"more than {max_tracks} tracks")
    return samples


def _claimed_by_track(file: RangeFile, table: Box) -> int:
    """The same for one track (`stbl`)."""
    parts = {box.type: box for box in _children(file, table.start, min(table.end, file.size_bytes))}
    if b"stsz" not in parts:
        return 0
    sizes = parts[b"stsz"]
    body = file.read_at(sizes.start, 12)
    if len(body) < 12:
        return 0
    _, size, count = struct.unpack(">III", body)
    room = file.size_bytes // size if size else (sizes.end - sizes.start - 12) // 4
    if count > room:
        raise error("damaged", f"{count} samples are claimed where {room} fit")
    # PCM has one sample per tick and one size for all; FFmpeg indexes it by chunk, however long it is.
    durations = file.read_at(parts[b"stts"].start, 16) if b"stts" in parts else b""
    by_chunk = size > 0 and durations[4:8] == b"\0\0\0\1" and durations[12:16] == b"\0\0\0\1"
    return 0 if by_chunk else int(count)


def _claimed_by_trun(file: RangeFile, box: Box) -> int:
    body = file.read_at(box.start, 8)
    if len(body) < 8:
        return 0
    flags, count = struct.unpack(">II", body)
    bytes_each = 4 * (flags & 0xF00).bit_count()
    room = (box.end - box.start) // bytes_each if bytes_each else MAX_RUN_SAMPLES
    if count > room:
        raise error("damaged", f"{count} samples are claimed in a fragment where {room} fit")
    return int(count)
