"""Cues that are made of no words of the text: sounds, music, what is written in the picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal
from unicodedata import category

from pydantic import ConfigDict, Field

from aisubs.model.captions.overrides import Align, Position, Time, check_times

MAX_OWN_CUES = 5_000
MAX_OWN_CHARS = 500
MAX_OWN_LINES = 4

CueKind = Literal["sound", "music", "text"]
CueId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,24}$")]


@dataclass(frozen=True, slots=True, order=True)
class OwnCue:
    """Shown from `start_ms` until just before `end_ms`. `text` may have lines, and is written without the brackets or
    notes that its kind gets when it is shown."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    start_ms: Time
    id: CueId
    end_ms: Time
    text: Annotated[str, Field(min_length=1, max_length=MAX_OWN_CHARS)]
    kind: CueKind
    italic: bool = False
    position: Position | None = None
    align: Align | None = None

    @property
    def shown(self) -> tuple[str, ...]:
        """The lines as viewers know them: `[door slams]`, `♪ la la ♪`."""
        lines = [" ".join(line.split()) for line in self.text.split("\n")]
        lines = [line for line in lines if _is_visible(line)]
        if self.kind == "sound" and not (lines[0].startswith(("[", "(")) and lines[-1].endswith(("]", ")"))):
            lines = [f"[{lines[0]}", *lines[1:]]
            lines[-1] += "]"
        if self.kind == "music" and "♪" not in self.text and "♫" not in self.text:
            lines = [f"♪ {line} ♪" for line in lines]
        return tuple(lines)

    def as_json(self) -> dict[str, Any]:
        shown = {"id": self.id, "start_ms": self.start_ms, "end_ms": self.end_ms, "text": self.text, "kind": self.kind}
        chosen = {"italic": self.italic or None, "position": self.position, "align": self.align}
        return shown | {name: value for name, value in chosen.items() if value is not None}


def _is_visible(text: str) -> bool:
    return any(category(c)[0] in "LNPS" for c in text)


def own_cues_from_json(rows: Iterable[Mapping[str, Any]]) -> tuple[OwnCue, ...]:
    """Inverse of `OwnCue.as_json`, for what was checked before it was stored."""
    return tuple(OwnCue(**row) for row in rows)


def check_own_cue(cue: OwnCue, duration_ms: int) -> None:
    """Raises ValueError, with a sentence, for a cue that could not be shown."""
    check_times(cue.start_ms, cue.end_ms, duration_ms)
    if not _is_visible(cue.text):
        raise ValueError("a cue must have text that can be seen")
    if any(category(c) in ("Cc", "Cs", "Zl", "Zp") for c in cue.text if c != "\n"):
        raise ValueError("a cue holds a control character")
    if len(cue.text.split("\n")) > MAX_OWN_LINES:
        raise ValueError(f"a cue has at most {MAX_OWN_LINES} lines")
