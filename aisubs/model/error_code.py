"""One row of the table of errors (aisubs/model/error_table.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """`kind` names the exception class."""

    code: str
    http_status: int
    retryable: bool
    sentence: str
    kind: str

    def filled(self, details: dict[str, Any]) -> str:
        """The sentence with its placeholders filled; one that nothing is known of stands as its own name."""
        return self.sentence.format_map(_Given(details))


def row(code: str, http_status: int, retryable: bool, kind: str, sentence: str) -> ErrorCode:
    return ErrorCode(code, http_status, retryable, sentence, kind)


class _Given(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return key
