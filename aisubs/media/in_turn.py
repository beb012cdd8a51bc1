"""Several audio tracks, one after another on one clock: the windows of the second follow those of the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from aisubs.media.container import MediaInfo
from aisubs.media.each_channel import SAMPLE_RATE
from aisubs.media.listen import AudioWindow
from aisubs.media.state import FrontState, TracksInTurn
from aisubs.media.tracks import Choice, Wish

SAMPLES_PER_MS = SAMPLE_RATE // 1000

Read = Callable[[Wish | Choice, FrontState, Callable[[MediaInfo], None]], Iterator[AudioWindow]]
"""The windows of one track, by its own clock; the function is called with what the file says before the first."""


@dataclass(slots=True)
class InTurn:
    """All windows that a wish asks for: of one track, or of each. `on_info` is told once, with the length of all."""

    read: Read
    wish: Wish | Choice
    state: FrontState
    on_info: Callable[[MediaInfo], None]

    def windows(self) -> Iterator[AudioWindow]:
        """Ends early where `read` does."""
        told = False
        while not self.state.is_done:
            here = self.state.tracks
            choice = here.choice if here else self.wish

            def note(info: MediaInfo, first: bool = not told) -> None:
                self._note(info, first)

            for window in self.read(choice, replace(self.state, tracks=None), note):
                placed = _place(window, self.state.tracks)
                self.state = placed.resume
                yield placed
            told = True
            if self.state.tracks == here or self.state.tracks is None:
                return

    def _note(self, info: MediaInfo, first: bool) -> None:
        if self.state.tracks is None and info.track.in_turn:
            numbers = tuple(track.number for track in info.track.in_turn)
            self.state = replace(self.state, tracks=TracksInTurn(numbers, sides=info.sides))
        tracks = self.state.tracks
        if first and tracks and info.duration_ms:
            info = replace(info, duration_ms=info.duration_ms * len(tracks.numbers))
        if first:
            self.on_info(info)


def _place(window: AudioWindow, tracks: TracksInTurn | None) -> AudioWindow:
    """A window of a track on the clock of all."""
    if tracks is None:
        return window
    by_ms = tracks.start_ms
    end_ms = window.end_ms + by_ms
    resume = replace(window.resume, tracks=tracks)
    if resume.track_is_done and not tracks.is_last:
        resume = resume.after_track(end_ms)
    piece, damage = window.piece, window.damage
    if piece is not None:
        by = by_ms * SAMPLES_PER_MS
        piece = replace(piece, spans=tuple((start + by, end + by) for start, end in piece.spans))
    if damage is not None:
        damage = damage.shifted(by_ms)
    return replace(window, start_ms=window.start_ms + by_ms, end_ms=end_ms, resume=resume, piece=piece, damage=damage)
