"""From the bytes of a script to its text."""

from __future__ import annotations

import codecs

from aisubs.model.errors import error
from aisubs.model.script import MAX_SCRIPT_BYTES

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE_BYTES = 200_000
"""What an unknown encoding is told by."""


def decode(data: bytes, encoding: str | None = None) -> str:
    """The text in `data`: in `encoding`, else by its byte order mark, else UTF-8, else what the bytes look like most.

    Raises `bad_script` for what is too large, is no text, or is not in the encoding that was named.
    """
    if len(data) > MAX_SCRIPT_BYTES:
        raise error("bad_script", why=f"it is larger than {MAX_SCRIPT_BYTES >> 20} MiB")
    named = encoding or next((name for mark, name in _MARKS if data.startswith(mark)), None)
    try:
        text = data.decode(named or "utf-8")
    except LookupError:
        raise error("bad_script", why=f"there is no encoding called {named}") from None
    except UnicodeDecodeError:
        if named:
            raise error("bad_script", why=f"it is not written in {named}") from None
        text = _guessed(data)
    if "\0" in text:
        raise error("bad_script", why="it is no text")
    return text


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    found = None if b"\0" in data else from_bytes(data[:_SAMPLE_BYTES]).best()
    if found is None:
        raise error("bad_script", why="it is no text in an encoding that can be told")
    try:
        return data.decode(found.encoding)
    except UnicodeDecodeError:
        raise error("bad_script", why=f"it begins in {found.encoding} and does not go on so") from None
