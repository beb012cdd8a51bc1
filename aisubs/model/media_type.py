"""What a recording is told to be when it is played. Its content type was chosen by a stranger: it may only ever mean
sound or picture, or a page that somebody uploaded would run where the recordings are."""

from __future__ import annotations

import re
from urllib.parse import quote

from aisubs.model.names import split_suffix

UNKNOWN = "application/octet-stream"

_PLAYABLE = re.compile(r"(?:audio|video)/[a-z0-9][a-z0-9.+-]{0,126}", re.ASCII)

_BY_SUFFIX = {
    ".aac": "audio/aac",
    ".aif": "audio/aiff",
    ".aiff": "audio/aiff",
    ".avi": "video/x-msvideo",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".m4v": "video/mp4",
    ".mkv": "video/x-matroska",
    ".mov": "video/quicktime",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".mpg": "video/mpeg",
    ".mpeg": "video/mpeg",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".ogv": "video/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".weba": "audio/webm",
    ".webm": "video/webm",
    ".wma": "audio/x-ms-wma",
    ".wmv": "video/x-ms-wmv",
}
"""For recordings that came without a type: browsers know fewer than players play. (The system's own table differs from
machine to machine.)"""


def playable_type(content_type: str | None, filename: str) -> str:
    """`audio/...` or `video/...` without parameters, by what was said or else by the name; else UNKNOWN."""
    said = (content_type or "").partition(";")[0].strip().lower()
    if _PLAYABLE.fullmatch(said):
        return said
    return _BY_SUFFIX.get(split_suffix(filename)[1].lower(), UNKNOWN)


def disposition_kind(content_type: str) -> str:
    """How a browser that opens the file itself should treat it: shown in place only what a player plays."""
    return "inline" if _PLAYABLE.fullmatch(content_type) else "attachment"


def content_disposition(content_type: str, filename: str) -> str:
    """As a header that a store is asked to send (RFC 6266), with any name."""
    return f"{disposition_kind(content_type)}; filename*=UTF-8''{quote(filename, safe='')}"
