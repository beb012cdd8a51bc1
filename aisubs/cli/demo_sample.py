"""The sample video of the demo, and how well it was heard: a table of what was said beside what was heard."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aisubs.cli.terminal import clock, printable
from aisubs.cli.word_errors import Pair, align, errors_in, split, words

if TYPE_CHECKING:
    from rich.text import Text

VIDEO = Path(str(files("aisubs") / "demo" / "sample.mp4"))
"""Two people and a sentence in Spanish, 45 s, in synthetic voices; tests/demo_sample/README.md says how it was made."""

LANGUAGES = {"en": "", "es": " (in Spanish)"}


@dataclass(frozen=True, slots=True)
class Line:
    """What one person says at a time."""

    speaker: str
    language: str
    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Each line of the sample with the words heard in it."""

    lines: tuple[tuple[Line, tuple[Pair, ...]], ...]

    @property
    def said(self) -> int:
        return sum(pair.said is not None for _, pairs in self.lines for pair in pairs)

    @property
    def errors(self) -> int:
        return sum(errors_in(pairs) for _, pairs in self.lines)

    @property
    def rate(self) -> float:
        """Word error rate, 0.016 for 1.6 %."""
        return self.errors / self.said


def sample_lines() -> list[Line]:
    return [Line(**line) for line in json.loads(VIDEO.with_suffix(".json").read_text(encoding="utf-8"))]


def compare(transcript: str) -> Comparison:
    """`transcript` is the whole text; who said a word is told by its place in the alignment."""
    lines = sample_lines()
    said = [words(line.text) for line in lines]
    pairs = align([word for line in said for word in line], words(transcript))
    parts = split(pairs, [len(line) for line in said])
    return Comparison(tuple((line, tuple(part)) for line, part in zip(lines, parts, strict=True)))


def print_table(comparison: Comparison) -> None:
    """To stderr, in colour on a terminal. Brackets mark the errors, so that nobody needs the colour."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", no_wrap=True)
    table.add_column("said", ratio=1)
    table.add_column("heard", ratio=1)
    for line, pairs in comparison.lines:
        who = f"{clock(line.start_ms / 1000)}  {line.speaker}"
        said = _marked([(pair.said, pair) for pair in pairs])
        heard = _marked([(pair.heard, pair) for pair in pairs])
        said.append(LANGUAGES.get(line.language, f" ({line.language})"), "dim")
        table.add_row(who, said, heard)
    Console(stderr=True, highlight=False).print(table)


def _marked(chunks: list[tuple[str | None, Pair]]) -> Text:
    from rich.text import Text

    shown: Any = Text()
    for chunk, pair in chunks:
        if chunk is None:
            continue
        if shown:
            shown.append(" ")
        shown.append(
            printable(chunk) if pair.is_right else f"[{printable(chunk)}]", "" if pair.is_right else "bold red"
        )
    return shown  # type: ignore[no-any-return]
