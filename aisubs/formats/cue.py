"""The cue: one subtitle on the screen, as every subtitle format carries it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cue: spoken words, and before them what names their speaker.

    `label` is "", "Speaker 1: ", "- " or "- Speaker 1: "; `spaced` says that a space joins it to the line above;
    `language` is what it is written in, where that is not the transcript's.
    """

    text: str
    label: str = ""
    speaker: str | None = None
    spaced: bool = True
    language: str | None = None

    @property
    def shown(self) -> str:
        return (self.label + self.text).rstrip(" ")


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle: shown from `start_ms` until just before `end_ms`; `end_ms` > `start_ms` always."""

    start_ms: int
    end_ms: int
    lines: tuple[Line, ...]

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
