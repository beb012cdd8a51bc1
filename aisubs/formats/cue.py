"""The cue: one subtitle on the screen, as every subtitle format carries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aisubs.model.captions.overrides import Align, Position
from aisubs.model.captions.own_cues import CueKind


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cue: spoken words, and before them what names their speaker.

    `label` is "", "Speaker 1: ", "- " or "- Speaker 1: "; `spaced` says that a space joins it to the line above;
    `language` is what it is written in, where that is not the transcript's; `italics` are spans [from, to) of `text`.
    """

    text: str
    label: str = ""
    speaker: str | None = None
    spaced: bool = True
    language: str | None = None
    italics: tuple[tuple[int, int], ...] = ()

    @property
    def shown(self) -> str:
        return (self.label + self.text).rstrip(" ")

    @property
    def utf_16_italics(self) -> list[tuple[int, int]]:
        """The spans of what is shown that are in italics, as JavaScript counts."""
        spans, at = [], 0
        for text, italic in self.runs:
            length = len(text.encode("utf-16-le", "surrogatepass")) // 2
            if italic:
                spans.append((at, at + length))
            at += length
        return spans

    @property
    def runs(self) -> list[tuple[str, bool]]:
        """What is shown, in pieces that are in italics or not, none of them empty."""
        at, length = 0, len(self.shown)
        pieces: list[tuple[str, bool]] = []
        for start, end in ((len(self.label) + a, len(self.label) + b) for a, b in self.italics):
            pieces += [(self.shown[at:start], False), (self.shown[start:end], True)]
            at = end
        pieces.append((self.shown[at:length], False))
        return [piece for piece in pieces if piece[0]]


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle: shown from `start_ms` until just before `end_ms`; `end_ms` > `start_ms` always.

    What people decided: `position` and `align` (None: at the bottom, in the middle), which times are pinned, and of a
    cue that is made of no words its `kind` and `own_id`.
    """

    start_ms: int
    end_ms: int
    lines: tuple[Line, ...]
    kind: Literal["speech"] | CueKind = "speech"
    own_id: str | None = None
    position: Position | None = None
    align: Align | None = None
    start_pinned: bool = False
    end_pinned: bool = False

    @property
    def shown(self) -> tuple[str, ...]:
        """The lines as they appear on the screen, labels included."""
        return tuple(line.shown for line in self.lines)

    @property
    def spoken(self) -> str:
        """The words alone, on one line."""
        return "".join((" " if line.spaced and i else "") + line.text for i, line in enumerate(self.lines)).strip()

    @property
    def on_one_line(self) -> str:
        """What is shown, labels included, on one line."""
        return "".join(
            (" " if i and (line.spaced or line.label) else "") + line.shown for i, line in enumerate(self.lines)
        )

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks in this cue, in order, each once."""
        return tuple(dict.fromkeys(line.speaker for line in self.lines if line.speaker))
