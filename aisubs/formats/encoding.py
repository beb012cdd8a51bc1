"""From text to the bytes of a file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from aisubs.formats.choices import Choices


def encode(text: str, choices: Choices) -> bytes:
    """UTF-8 with the line ends and the mark that were chosen. `text` uses LF."""
    if choices.crlf:
        text = text.replace("\n", "\r\n")
    return (b"\xef\xbb\xbf" if choices.bom else b"") + utf_8(text)


def utf_8(text: str) -> bytes:
    """UTF-8 bytes; a lone surrogate, which has none, becomes U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def compact_json(value: Any) -> str:
    """JSON on one line. What JSON cannot say, infinity and not-a-number, becomes null."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def line_by_line(head: Mapping[str, Any], name: str, items: list[Any], tail: Mapping[str, Any] | None = None) -> str:
    """A JSON object whose list `name` has one item per line, so that a diff or `grep` shows what changed."""
    members = [f"{compact_json(key)}: {compact_json(value)}" for key, value in head.items()]
    rows = ",\n".join(compact_json(item) for item in items)
    members.append(f"{compact_json(name)}: [\n{rows}\n]" if items else f"{compact_json(name)}: []")
    members += [f"{compact_json(key)}: {compact_json(value)}" for key, value in (tail or {}).items()]
    return "{\n" + ",\n".join(members) + "\n}\n"


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
