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
_MP3_SLACK_BYTES = 1500  # one frame: writers disagree about whether the header's own counts
_STREAMING_SIZE = 0x7FFF0000  # writers to a pipe put 0x7FFFFFFF or 0xFFFFFFFF where the size is not known yet


@dataclass(frozen=True, slots=True)
class Structure:
    """`missing_end` says why bytes are missing at the end, or is "". `kind` is empty for formats not looked into.

    `duration_known` is false where a duration from FFmpeg would be its guess from the bit rate. `whole` is true where
    the structure proves that no byte is missing. `joined_at` is where another file begins that was joined to this one;
    `beginning` is how such a one would begin, with the byte from which on to look for it, where only reading tells.
    `wrong_length`: the sound goes on behind the length that a wav's header tells.
    """

    kind: str
    missing_end: str = ""
    duration_known: bool = True
    whole: bool = False
    joined_at: int | None = None
    beginning: tuple[re.Pattern[bytes], int] | None = None
    wrong_length: bool = False


_FLAC = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22")
_OGG = re.compile(rb"OggS\x00[\x02\x06]")
_MATROSKA = re.compile(rb"\x1a\x45\xdf\xa3.{1,9}\x42\x86\x81\x01", re.DOTALL)
_OTHERS = {
    b"FLV\x01": re.compile(rb"FLV\x01[\x01\x04\x05]\x00\x00\x00\x09"),
    b"#!AMR": re.compile(rb"#!AMR(-WB)?\n"),
    b"caff": re.compile(rb"caff\x00\x01\x00\x00desc"),
    b"TTA1": re.compile(rb"TTA1[\x01\x02]\x00"),
    b".snd": re.compile(rb"\.snd\x00\x00[\x00-\x02]."),
}
"""How files begin whose end nothing tells before they have been read."""


_UNSUPPORTED = {
    b"MThd": "MIDI",
    b"MPCK": "Musepack",
    b"MP+": "Musepack",
    b"tBaK": "TAK",
    b"ea3": "OpenMG (OMA)",
    b"DSD ": "DSD",
    b"ajkg": "Shorten",
    b"nut/multimedia container": "NUT",
    b"NSVf": "Nullsoft video",
    b"SMK": "Smacker",
    b".SoX": "SoX",
    b"XoS.": "SoX",
    b"TWIN": "TwinVQ",
}


def unsupported_kind(head: bytes) -> str | None:
    """What a recording is that we know by its first bytes and do not read, or None."""
    if head[:4] == b"RIFF" and head[8:12] in (b"QLCM", b"XWMA"):
        return {b"QLCM": "QCP", b"XWMA": "xWMA"}[head[8:12]]
    if head[4:8] == b"ftyp" and head[8:12] in (b"aax ", b"aaxc"):
        return "Audible (AAX)"
    return next((kind for magic, kind in _UNSUPPORTED.items() if head.startswith(magic)), None)


def inspect_structure(file: RangeFile, max_tracks: int) -> Structure:
    """Look at the outer structure of a file.

    Raises `damaged` for an mp4 index that cannot be true, and `too_many_streams` for one of more than `max_tracks`.
    """
    head = file.read_at(0, 4096)
    if head[4:8] in boxes.FIRST_BOXES:
        missing, walked, joined_at = boxes.find_missing_end(file, max_tracks)
        return Structure("mp4", missing, whole=walked and not missing, joined_at=joined_at)
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return _matroska(file)
    if head[:4] == b"OggS":
        return _ogg(file)
    if head[:4] == b"RIFF" and head[8:12] in (b"WAVE", b"AVI "):
        return _riff(file, head)
    if head[:4] in (b"RF64", b"riff"):
        return Structure("wave64")
    start = 0
    while (tag_bytes := _id3_bytes(head)) and start < file.size_bytes:  # some editors put a second tag before the first
        start += tag_bytes
        head = file.read_at(start, 4096)
    if head[:4] == b"fLaC":
        return Structure("flac", beginning=(_FLAC, start + 4))
    if len(head) > 4 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:  # sync, layer III
        return _mp3(file, start, head)
    begins = next((pattern for magic, pattern in _OTHERS.items() if head.startswith(magic)), None)
    return Structure("", duration_known=False, beginning=(begins, 4) if begins else None)


def _matroska(file: RangeFile) -> Structure:
    """The Segment element holds everything; live recordings leave its size open. Source: RFC 8794, RFC 9559."""
    head = file.read_at(0, 4096)
    position, size = _ebml_size(head, 4)
    position += size or 0
    if head[position : position + 4] != b"\x18\x53\x80\x67":
        return Structure("matroska")
    position, size = _ebml_size(head, position + 4)
    if size is None:
        return Structure("matroska", beginning=(_MATROSKA, 4))
    if position + size > file.size_bytes:
        return Structure("matroska", f"the Matroska segment ends at byte {position + size} of {file.size_bytes}")
    is_joined = _MATROSKA.match(file.read_at(position + size, 64)) is not None
    return Structure("matroska", whole=True, joined_at=position + size if is_joined else None)


def _ebml_size(data: bytes, position: int) -> tuple[int, int | None]:
    """Read a variable-size integer; None stands for "unknown size" (all ones)."""
    if position >= len(data) or data[position] == 0:
        return position + 1, None
    length = 9 - data[position].bit_length()
    value = int.from_bytes(data[position : position + length], "big") & ((1 << 7 * length) - 1)
    return position + length, None if value == (1 << 7 * length) - 1 else value


def _ogg(file: RangeFile) -> Structure:
    """A chain is several recordings, each with first pages of its own. Source: RFC 3533, sections 4 and 6."""
    at, serials = 0, set()
    while len(head := file.read_at(at, 27 + 255)) > 27 and _OGG.match(head):
        serials.add(head[14:18])
        at += 27 + head[26] + sum(head[27 : 27 + head[26]])
    missing, last_serial = _missing_ogg(file)
    is_chain = last_serial not in serials
    beginning = (_OGG, at)
    return Structure(
        "ogg", missing, duration_known=not is_chain, whole=not missing and not is_chain, beginning=beginning
    )


def _missing_ogg(file: RangeFile) -> tuple[str, bytes]:
    """Why the last page is not whole, and its serial number: it must lie inside the file.

    That it lacks the end-of-stream flag proves nothing: captured live streams never have it.
    """
    start = max(0, file.size_bytes - _TAIL_BYTES)
    tail = file.read_at(start, _TAIL_BYTES)
    page = tail.rfind(b"OggS")
    while page > 0 and tail[page + 4 : page + 5] not in (b"\0", b""):  # the four letters may occur in sound, too
        page = tail.rfind(b"OggS", 0, page)
    if page < 0:
        return f"no Ogg page in the last {len(tail)} bytes", b""
    lacing = tail[page + 27 : page + 27 + tail[page + 26]] if page + 26 < len(tail) else b""
    end = page + 27 + len(lacing) + sum(lacing)
    if page + 27 > len(tail) or len(lacing) < tail[page + 26] or end > len(tail):
        return "the last Ogg page is cut off", tail[page + 14 : page + 18]
    return "", tail[page + 14 : page + 18]


def _riff(file: RangeFile, head: bytes) -> Structure:
    size_bytes = file.size_bytes
    claimed = int(struct.unpack_from("<I", head, 4)[0])
    kind = "wav" if head[8:12] == b"WAVE" else "avi"
    if claimed == 0 or claimed >= _STREAMING_SIZE:
        # Also a true size for files of 2 to 4 GiB: the duration is checked then, unless it comes from a size like this.
        return Structure(kind, duration_known=claimed != 0 and claimed + 8 <= size_bytes)
    if claimed + 8 > size_bytes:
        return Structure(kind, f"the RIFF chunk ends at byte {claimed + 8} of {size_bytes}")
    behind = claimed + 8 + claimed % 2
    following = file.read_at(behind, 12)
    if following[:4] == b"RIFF" and following[8:] == head[8:12]:
        return Structure(kind, whole=True, joined_at=behind)
    if kind == "wav" and _goes_on(file):
        return Structure(kind, duration_known=False, wrong_length=True)
    return Structure(kind, whole=True)


def _goes_on(file: RangeFile) -> bool:
    """Whether there is sound where the next chunk of a wav should begin: its recorder did not finish the header."""
    at, has_sound = 12, False
    while at + 8 <= file.size_bytes:
        kind, size = struct.unpack("<4sI", file.read_at(at, 8))
        if kind[:3] in (b"ID3", b"TAG"):
            return False
        is_chunk = all(0x20 <= byte < 0x7F for byte in kind) and at + 8 + size <= file.size_bytes
        if not is_chunk:
            return has_sound
        has_sound |= kind == b"data"
        at += 8 + size + size % 2
    return False


def _id3_bytes(head: bytes) -> int:
    """Size of an ID3v2 tag that begins here, 0 without one. Source: id3v2.4.0-structure, 3.1."""
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size + (10 if head[5] & 0x10 else 0)


def _mp3(file: RangeFile, start: int, head: bytes) -> Structure:
    """Only a Xing or Info header tells an mp3's length. It counts from the frame it stands in."""
    found = re.search(rb"Xing|Info", head[:256])
    if not found or found.end() + 12 > len(head):
        return Structure("mp3", duration_known=False)
    flags, frames, size = struct.unpack_from(">III", head, found.end())
    if flags & 1 == 0 or frames == 0:
        return Structure("mp3", duration_known=False)
    if not flags & 2:
        return Structure("mp3")
    # With both fields present `size` is in bytes.
    available_bytes = file.size_bytes - start
    if size > available_bytes + _MP3_SLACK_BYTES:
        return Structure("mp3", f"the Xing header counts {size} bytes, {available_bytes} are there")
    if file.size_bytes - _behind_end_tags(file, start + size) > _MP3_SLACK_BYTES:
        return Structure("mp3", duration_known=False)  # several, joined: the header is only about the first
    return Structure("mp3", whole=True)


def _behind_end_tags(file: RangeFile, at: int) -> int:
    """Where the tags end that follow the last frame. Source: id3v1; APEv2, "APE tag header"; Lyrics3 v2."""
    while at < file.size_bytes:
        head = file.read_at(at, 4096)
        if head[:3] == b"TAG":
            at += 128
        elif head[:8] == b"APETAGEX" and len(head) >= 32:
            at += 32 + int(struct.unpack_from("<I", head, 12)[0])
        elif head[:11] == b"LYRICSBEGIN" and b"LYRICS200" in head:
            at += head.index(b"LYRICS200") + 9
        else:
            break
    return at
