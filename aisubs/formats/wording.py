"""Text as it may stand in a subtitle: nothing invisible that a format, a parser or XML would choke on."""

from __future__ import annotations

import re
import unicodedata

# U+FFFE and U+FFFF may not stand in XML; lone surrogates (from undecodable file names) not in UTF-8.
_UNENCODABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
_OVERRIDE_ESCAPE = re.compile(r"\\(?=[Nnh])")
_FULL_WIDTH_BRACES = str.maketrans("{}", "｛｝")
_BYTE_ORDER_MARK = "\ufeff"  # at the start of a file it would be eaten


def clean(text: str) -> str:
    """`text` without control characters, white space of any kind reduced to single spaces, ends kept.

    A leading or trailing space survives as one space, for it says where words join. What cannot be encoded becomes
    U+FFFD, so that it stays visible.
    """
    if text.isprintable() and "  " not in text:
        return text
    spaced = "".join(" " if character.isspace() else character for character in text)
    kept = "".join(c for c in spaced if c != _BYTE_ORDER_MARK and unicodedata.category(c) != "Cc")
    return re.sub(" {2,}", " ", _UNENCODABLE.sub("\ufffd", kept))


def is_visible(text: str) -> bool:
    """Whether anything of `text` would be seen: a letter, a digit, a sign, a mark."""
    if text.isprintable() and text.strip():
        return True
    return any(not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf", "Zs", "Zl", "Zp") for c in text)


def without_overrides(text: str) -> str:
    """`text` without anything that players of SubStation Alpha, and most of SubRip, obey instead of showing.

    Braces, which open override blocks, become their full-width forms, for not every renderer knows an escape for them.
    A word joiner, which is not seen, parts a backslash from the letter with which it would end the line.
    """
    return _OVERRIDE_ESCAPE.sub("\\\\\u2060", text).translate(_FULL_WIDTH_BRACES)


def solid(text: str) -> str:
    """`text` without any white space: what must be equal for two texts to hold the same words."""
    return "".join(text.split())
