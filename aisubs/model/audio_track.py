"""Which of a recording's audio tracks was transcribed, and why that one; or that each was, one after another.

Where each track has a speaker of its own, the saved windows hold the tracks in turn on one clock: the second begins
where the first one ends. `aisubs.pipeline.transcribe.tracks_in_turn` puts them side by side again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Self

from aisubs.model.language import LANGUAGES, language_of

SPEECH = "speech"
"""The wish for whichever track somebody speaks in."""

EACH = "each"
"""The wish for all tracks, with a speaker for each."""

MAX_NUMBER = 64


class Reason(StrEnum):
    """Why a track was taken."""

    ONLY = "only"  # there is no other
    ASKED = "asked"  # its number was given
    LANGUAGE = "language"  # it says that it is in the language that was given
    DEFAULT = "default"  # the file marks it as the one to play
    FIRST = "first"  # the file marks none
    SPEECH = "speech"  # somebody speaks in it, and not in those that would come first, or not as much in the others
    EACH = "each"  # every track is transcribed, this one first


@dataclass(frozen=True, slots=True)
class TrackInTurn:
    """One of several tracks that are transcribed in turn, or one `channel` (0, 1) of a track. `start_ms` is where it
    begins on the clock of the saved windows; None while it is not its turn yet."""

    number: int
    language: str | None = None
    title: str = ""
    start_ms: int | None = None
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """The `number`-th of `of` audio tracks, counted from 1 as players count. `language` is a code of LANGUAGES."""

    number: int
    of: int
    reason: Reason
    language: str | None = None
    title: str = ""
    in_turn: tuple[TrackInTurn, ...] = ()
    """All that are transcribed, where that is more than one."""

    @property
    def has_sides(self) -> bool:
        """Whether what is transcribed in turn are the channels of one track, with a person on each."""
        return any(track.channel is not None for track in self.in_turn)

    @property
    def speakers(self) -> tuple[str, ...]:
        """What the speaker of each track is called: as the track, where that has a title of its own. On the channels of
        one track are Speaker 1 and Speaker 2, from left to right."""
        if self.has_sides:
            return tuple(f"Speaker {number}" for number, _ in enumerate(self.in_turn, 1))
        titles = [track.title for track in self.in_turn]
        return tuple(
            track.title if track.title and titles.count(track.title) == 1 else f"Track {track.number}"
            for track in self.in_turn
        )

    def reached(self, starts_ms: Sequence[int]) -> Self:
        """With the places where the first tracks in turn begin."""
        known = [*starts_ms, *[None] * (len(self.in_turn) - len(starts_ms))]
        return replace(
            self, in_turn=tuple(replace(track, start_ms=at) for track, at in zip(self.in_turn, known, strict=True))
        )

    def turn_at(self, windows_ms: int) -> tuple[int, int]:
        """Whose turn it is at a place on the clock of the saved windows: the index in `in_turn`, and where that one
        begins."""
        begins = [track.start_ms for track in self.in_turn if track.start_ms is not None]
        index = max(0, bisect_right(begins, windows_ms) - 1)
        return index, begins[index] if begins else 0

    def recording_ms(self, windows_ms: int) -> int:
        """The place in the recording of one on the clock of the saved windows."""
        return windows_ms - self.turn_at(windows_ms)[1]

    @property
    def sentence(self) -> str:
        """ "audio track 2 of 3 (English, “Desktop”): the one with speech"."""
        if self.has_sides:
            return "a person on each of two channels" + (f" of audio track {self.number}" if self.of > 1 else "")
        if self.in_turn:
            return f"each of {len(self.in_turn)} audio tracks: {', '.join(self.speakers)}"
        says = [LANGUAGES[self.language]] if self.language in LANGUAGES else []
        says += [f"“{self.title}”"] if self.title else []
        about = f" ({', '.join(says)})" if says else ""
        return f"audio track {self.number} of {self.of}{about}: {_WORDS[self.reason]}"

    def as_json(self) -> dict[str, Any]:
        shown = asdict(self)
        return shown if self.in_turn else {name: value for name, value in shown.items() if name != "in_turn"}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        in_turn = tuple(TrackInTurn(**track) for track in value.get("in_turn", ()))
        return cls(value["number"], value["of"], Reason(value["reason"]), value["language"], value["title"], in_turn)


_WORDS = {
    Reason.ONLY: "the only one",
    Reason.ASKED: "the one asked for",
    Reason.LANGUAGE: "the one in the language asked for",
    Reason.DEFAULT: "the one the file marks to be played",
    Reason.FIRST: "the first one",
    Reason.SPEECH: "the one with speech",
    Reason.EACH: "the first of all",
}


def check_wish(wish: str) -> str:
    """A wish for a track in its one spelling: a number, a code of LANGUAGES, "speech" or "each". Raises ValueError."""
    plain = wish.strip().lower()
    if plain in (SPEECH, EACH):
        return plain
    if plain.isdecimal() and plain.isascii():
        if not 1 <= int(plain) <= MAX_NUMBER:
            raise ValueError(f"audio tracks are counted from 1 to {MAX_NUMBER}")
        return str(int(plain))
    language = language_of(plain)
    if language is None:
        raise ValueError(f"unknown audio track {wish!r}: give its number (1, 2, …), its language (de), speech or each")
    return language
