"""Names of files and objects that strangers choose: what is allowed, and what people are shown instead."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256

from aisubs.model.errors import BadInput, error

MAX_OBJECT_NAME_BYTES = 1024
"""The limit of GCS and S3, in UTF-8."""

MAX_FILENAME_BYTES = 255
"""The limit of the usual file systems, in UTF-8."""

# Embeddings, overrides and isolates turn "gpj.exe" into "exe.jpg" before the reader's eyes, and they leak into the
# text around them. The plain marks (U+200E, U+200F) and the joiners of emoji and Persian do neither and stay.
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def check_object_name(name: str) -> str:
    """Return `name` if a store may hold it, else raise `bad_name`.

    Refused: empty, over 1024 bytes, a leading `/`, `.` or `..` as a part, NUL, line breaks, lone surrogates.
    """
    try:
        size_bytes = len(name.encode())
    except UnicodeEncodeError as fault:
        raise error("bad_name", "not encodable as UTF-8") from fault
    if not 0 < size_bytes <= MAX_OBJECT_NAME_BYTES:
        raise error("bad_name", f"{size_bytes} bytes long")
    if name.startswith("/") or not {".", ".."}.isdisjoint(name.split("/")):
        raise error("bad_name", f"not a plain relative name: {name!r}")
    if not {"\0", "\n", "\r"}.isdisjoint(name):
        raise error("bad_name", f"holds NUL or a line break: {name!r}")
    return name


def fits_database(text: str) -> bool:
    """Whether Postgres can hold it: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def clean_filename(name: str) -> str:
    """The name to show and to offer for download: the last part of a path, NFC, at most 255 bytes of UTF-8.

    Control characters and bidirectional overrides go; spaces, quotes, emoji and foreign scripts stay. A long name
    loses the end of its stem, never its suffix. Raises `bad_name` when nothing is left.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = (char for char in last if unicodedata.category(char) not in ("Cc", "Cs") and char not in _BIDI_CONTROLS)
    clean = unicodedata.normalize("NFC", "".join(kept)).strip()
    if not any(char != "." and unicodedata.category(char)[0] in "LNPSM" for char in clean):
        raise error("bad_name", f"nothing visible is left of {name!r}")
    return shorten_filename(clean, MAX_FILENAME_BYTES)


def shown_filename(object_name: str) -> str:
    """What people are shown of a dropped object's name."""
    try:
        return clean_filename(object_name)
    except BadInput:
        return "recording"


def filename_of(title: str, suffix: str) -> str:
    """A file's name made of a title, whose slashes are no folders. Raises `bad_name`."""
    return clean_filename(title.replace("/", "-").replace("\\", "-") + suffix)


_ENDING = re.compile(r"(?:\.[A-Za-z0-9][A-Za-z0-9-]{0,15}){1,3}\Z")
"""Up to three suffixes: "talk.mp4.error.txt" and "talk.pt-BR.forced.srt" mean something by all of theirs."""


def fit_filename(name: str, ending: str = "", limit_bytes: int = MAX_FILENAME_BYTES) -> str:
    """`name + ending` if a file system holds it, else the beginning of the name, "~" with a digest of all of it, and
    the ending: the same at every call, another one for another name. Characters stay whole, with what belongs to them.

    Without an `ending` that of the name is kept. Lone surrogates pass: Python's way with names that are not UTF-8.
    """
    if _size(name + ending) <= limit_bytes:
        return name + ending
    if not ending and (found := _ENDING.search(name)):
        name, ending = name[: found.start()], name[found.start() :]
    mark = f"~{sha256(_raw(name)).hexdigest()[:8]}"
    room_bytes, kept = limit_bytes - _size(mark + ending), name
    while kept and (_size(kept) > room_bytes or _goes_on(name[len(kept)]) or kept[-1] == _JOINER):
        kept = kept[:-1]
    return f"{kept.rstrip(' .')}{mark}{ending}"


def readable_filename(name: str) -> str:
    """A path or a name in which what nobody could read or store (line breaks, lone surrogates) is U+FFFD."""
    return "".join("\ufffd" if unicodedata.category(char) in ("Cc", "Cs") else char for char in name)


def _raw(name: str) -> bytes:
    return name.encode(errors="surrogateescape")


def _size(name: str) -> int:
    return len(_raw(name))


_JOINER = "\u200d"


def _goes_on(char: str) -> bool:
    """Whether it belongs to the character before it: accents, joiners, variants and skin tones."""
    return char == _JOINER or unicodedata.category(char)[0] == "M" or "\U0001f3fb" <= char <= "\U0001f3ff"


def shorten_filename(name: str, limit_bytes: int) -> str:
    """Cut the stem so that the whole takes at most `limit_bytes` of UTF-8; characters stay whole."""
    if len(name.encode()) <= limit_bytes:
        return name
    stem, suffix = split_suffix(name)
    room_bytes = limit_bytes - len(suffix.encode())
    return stem.encode()[:room_bytes].decode(errors="ignore").rstrip("\u200d ") + suffix


def split_suffix(name: str) -> tuple[str, str]:
    """Stem and suffix ("talk", ".mp4"); the suffix is empty unless it looks like one (a dot and 1 to 8 ASCII
    letters or digits after a stem)."""
    stem, dot, suffix = name.rpartition(".")
    if dot and stem.strip(".") and 0 < len(suffix) <= 8 and suffix.isascii() and suffix.isalnum():
        return stem, dot + suffix
    return name, ""
