"""How commands speak: what people read goes to stderr, what programs read goes to stdout."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

from aisubs.cli.exits import Exit
from aisubs.signals import told_of


def say(sentence: str = "") -> None:
    print(f"{sentence}\n", end="", file=sys.stderr, flush=True)  # in one piece: several threads may speak


def show(value: Any) -> None:
    """One JSON value on stdout. Lone surrogates (of file names that are not UTF-8) are escaped, as JSON can."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    print(re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text), flush=True)


def printable(text: str) -> str:
    """A name or text from outside without what would drive the terminal or turn the line around.

    Control characters (U+0000-001F, 007F-009F), bidirectional embeddings, overrides and isolates, lone surrogates.
    """
    return "".join(char if _is_harmless(ord(char)) else "�" for char in text)


def _is_harmless(code: int) -> bool:
    return not (
        code < 0x20
        or 0x7F <= code < 0xA0
        or 0x202A <= code <= 0x202E
        or 0x2066 <= code <= 0x2069
        or 0xD800 <= code <= 0xDFFF
    )


def clock(seconds: float) -> str:
    """1:02:03, or 2:03 below an hour."""
    whole = max(0, round(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def size(size_bytes: int) -> str:
    """3.4 MiB."""
    value = float(size_bytes)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if value < 1024 or unit == "GiB":
            break
        value /= 1024
    return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"


@contextmanager
def stop_on_signals(at_once: Callable[[], None]) -> Iterator[Event]:
    """An event that the first Ctrl-C (or SIGTERM, SIGHUP) sets. The second one calls `at_once` and ends the process."""
    stop = Event()

    def heard() -> None:
        if stop.is_set():
            try:
                at_once()
            finally:
                os._exit(Exit.INTERRUPTED)
        stop.set()

    ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN  # nohup asked for that
    numbers = (signal.SIGINT, signal.SIGTERM) if ignored else (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    with told_of(numbers, heard):
        yield stop
