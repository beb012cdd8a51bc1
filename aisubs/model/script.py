"""A text that somebody has of a recording: what is to be said in it, and as what it is to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Opens = Literal["paragraph", "cue", "line"]

MAX_SCRIPT_BYTES = 4 << 20
"""Largest script that is taken: ten hours of speech are a sixth of it."""


@dataclass(frozen=True, slots=True)
class ScriptWord:
    """A word as it is written, punctuation included; in Chinese and Japanese one character.

    `opens`: what begins with it. `aside`: it stands in brackets or between notes, so it may never be said. `speaker` is
    who says it, where the script names people. `italic` and `top` are as its subtitle was.
    """

    text: str
    spaced: bool = True
    opens: Opens | None = None
    aside: bool = False
    speaker: str | None = None
    italic: bool = False
    top: bool = False


@dataclass(frozen=True, slots=True)
class ScriptCue:
    """A subtitle of the script: its words [first, behind), and the time that it had there (ms)."""

    first: int
    behind: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Script:
    """`cues` is empty for a script that is no subtitles."""

    words: tuple[ScriptWord, ...]
    cues: tuple[ScriptCue, ...] = ()

    def text(self, first: int, behind: int) -> str:
        """The words [first, behind) as running text."""
        return "".join((" " if word.spaced else "") + word.text for word in self.words[first:behind]).strip()
