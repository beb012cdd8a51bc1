"""What the first and last bytes of a file say about its completeness, before FFmpeg sees it.

FFmpeg plays what is there and stops without an error where a file ends early. A recording that lacks its end must not
become a transcript that lacks its end, so the promise each container makes is read here.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from aisubs.media import boxes
from aisubs.media.source import RangeFile

_TAIL_BYTES = 1 << 17  # an Ogg page has at most 65307 bytes
_STREAMING_SIZE = 0x7FFF0000  # writers to a pipe put 0x7FFFFFFF or 0xFFFFFFFF where the size is not known yet


@dataclass(frozen=True, slots=True)
class Structure:
    """`missing_end` says why bytes are missing at the end, or is "". `kind` is empty for formats not looked into.

    `duration_known` is false where a duration from FFmpeg would be its guess from the bit rate. `whole` is true where
    the structure proves that no byte is missing.
    """

    kind: str
    missing_end: str = ""
    duration_known: bool = True
    whole: bool = False


def inspect_structure(file: RangeFile, max_tracks: int) -> Structure:
    """Look at the outer structure of a file.

    Raises `damaged` for an mp4 index that cannot be true, and `too_many_streams` for one of more than `max_tracks`.
    """
    head = file.read_at(0, 4096)
    if head[4:8] in boxes.FIRST_BOXES:
        missing, walked = boxes.find_missing_end(file, max_tracks)
        return Structure("mp4", missing, whole=walked and not missing)
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return _matroska(file)
    if head[:4] == b"OggS":
        missing = _missing_ogg(file)
        return Structure("ogg", missing, whole=not missing)
    if head[:4] == b"RIFF" and head[8:12] in (b"WAVE", b"AVI "):
        return _riff(head, file.size_bytes)
    if head[:4] in (b"RF64", b"riff"):
        return Structure("wave64")
    start = 0
    while (tag_bytes := _id3_bytes(head)) and start < file.size_bytes:  # some editors put a second tag before the first
        start += tag_bytes
        head = file.read_at(start, 4096)
    if head[:4] == b"fLaC":
        return Structure("flac")
    if len(head) > 4 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:  # sync, layer III
        return _mp3(head, file.size_bytes - start)
    return Structure("", duration_known=False)


def _matroska(file: RangeFile) -> Structure:
    """The Segment element holds everything; live recordings leave its size open. Source: RFC 8794, RFC 9559."""
    head = file.read_at(0, 4096)
    position, size = _ebml_size(head, 4)
    position += size or 0
    if head[position : position + 4] != b"\x18\x53\x80\x67":
        return Structure("matroska")
    position, size = _ebml_size(head, position + 4)
    if size is None:
        return Structure("matroska")
    if position + size > file.size_bytes:
        return Structure("matroska", f"the Matroska segment ends at byte {position + size} of {file.size_bytes}")
    return Structure("matroska", whole=True)


def _ebml_size(data: bytes, position: int) -> tuple[int, int | None]:
    """Read a variable-size integer; None stands for "unknown size" (all ones)."""
    if position >= len(data) or data[position] == 0:
        return position + 1, None
    length = 9 - data[position].bit_length()
    value = int.from_bytes(data[position : position + length], "big") & ((1 << 7 * length) - 1)
    return position + length, None if value == (1 << 7 * length) - 1 else value


def _missing_ogg(file: RangeFile) -> str:
    """The last page must lie inside the file. Source: RFC 3533, section 6.

    That it lacks the end-of-stream flag proves nothing: captured live streams never have it.
    """
    start = max(0, file.size_bytes - _TAIL_BYTES)
    tail = file.read_at(start, _TAIL_BYTES)
    page = tail.rfind(b"OggS")
    while page > 0 and tail[page + 4 : page + 5] not in (b"\0", b""):  # the four letters may occur in sound, too
        page = tail.rfind(b"OggS", 0, page)
    if page < 0:
        return f"no Ogg page in the last {len(tail)} bytes"
    lacing = tail[page + 27 : page + 27 + tail[page + 26]] if page + 26 < len(tail) else b""
    end = page + 27 + len(lacing) + sum(lacing)
    if page + 27 > len(tail) or len(lacing) < tail[page + 26] or end > len(tail):
        return "the last Ogg page is cut off"
    return ""


def _riff(head: bytes, size_bytes: int) -> Structure:
    claimed = int(struct.unpack_from("<I", head, 4)[0])
    kind = "wav" if head[8:12] == b"WAVE" else "avi"
    if claimed == 0 or claimed >= _STREAMING_SIZE:
        # Also a true size for files of 2 to 4 GiB: the duration is checked then, unless it comes from a size like this.
        return Structure(kind, duration_known=claimed != 0 and claimed + 8 <= size_bytes)
    if claimed + 8 > size_bytes:
        return Structure(kind, f"the RIFF chunk ends at byte {claimed + 8} of {size_bytes}")
    return Structure(kind, whole=True)


def _id3_bytes(head: bytes) -> int:
    """Size of an ID3v2 tag that begins here, 0 without one. Source: id3v2.4.0-structure, 3.1."""
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size + (10 if head[5] & 0x10 else 0)


def _mp3(head: bytes, available_bytes: int) -> Structure:
    """Only a Xing or Info header tells an mp3's length. It counts from the frame it stands in."""
    found = re.search(rb"Xing|Info", head[:256])
    if not found or found.end() + 12 > len(head):
        return Structure("mp3", duration_known=False)
    flags, frames, size = struct.unpack_from(">III", head, found.end())
    if flags & 1 == 0 or frames == 0:
        return Structure("mp3", duration_known=False)
    # With both fields present (flags 3) `size` is in bytes. One frame of slack: writers disagree about the header's.
    if flags & 2 and size > available_bytes + 1500:
        return Structure("mp3", f"the Xing header counts {size} bytes, {available_bytes} are there")
    return Structure("mp3", whole=bool(flags & 2))
