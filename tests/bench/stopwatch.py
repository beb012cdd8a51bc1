"""A plug of the database port that notes when each function was called, how long it took, and what was promised."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from aisubs.ports import Database


@dataclass(frozen=True, slots=True)
class Call:
    """Times in seconds of the monotonic clock. The rest is of `save_windows`: text or not, end, estimate."""

    function: str
    began_s: float
    took_s: float
    with_text: bool = False
    reached_ms: int = 0
    remaining_ms: int | None = None


class Stopwatch:
    """The real database behind it answers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.calls: list[Call] = []

    def call(self, function: str, /, **arguments: Any) -> list[dict[str, Any]]:
        began_s = time.monotonic()
        answer = self._database.call(function, **arguments)
        took_s = time.monotonic() - began_s
        if function == "save_windows":
            windows = arguments["windows"]
            with_text = any(window["segments"] for window in windows)
            reached_ms = windows[-1]["end_ms"] if windows else 0
            self.calls.append(Call(function, began_s, took_s, with_text, reached_ms, arguments["remaining_ms"]))
        else:
            self.calls.append(Call(function, began_s, took_s))
        return answer

    def ping(self) -> str:
        return self._database.ping()

    def first(self, function: str) -> Call:
        return next(call for call in self.calls if call.function == function)

    def saves(self) -> list[Call]:
        return [call for call in self.calls if call.function == "save_windows"]
