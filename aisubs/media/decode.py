"""An open file becomes fixed blocks of 16 kHz mono samples at absolute positions, to its true end or to an error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from aisubs.media.container import Limits, OpenMedia, too_long
from aisubs.media.packets import PacketReader
from aisubs.media.resample import SAMPLE_RATE, Run
from aisubs.media.source import RangeFile
from aisubs.media.timeline import Timeline
from aisubs.model.errors import error
from aisubs.ports import Samples

BLOCK_SAMPLES = 64 * 512
"""2.048 s: a whole number of the voice detector's chunks, so that block borders mean nothing to it."""

_RESTARTING = frozenset({"mpeg", "mpegts"})  # broadcast formats, whose clock may start again at any value
_COUNTED = frozenset({"aac", "ac3", "amr", "dts", "eac3", "gsm", "loas", "mp3", "wav"})
"""Formats without timestamps: FFmpeg makes them up by counting. They cannot express a pause, so a gap is damage …"""
_PAGED = frozenset({"flac", "ogg"})
"""… and so it is in these, which have timestamps."""
_TRACK_SLACK_S = 0.5  # codec delay and padding, which headers count or do not count
_FILE_SLACK_S = 3.0  # the last picture of a slide show, rounded headers
_MIN_SAMPLES = 8  # half a millisecond: less rounds to a recording of no length
_MAX_LOST_SHARE = 0.05
_MAX_LOST_S = 2.0


@dataclass(frozen=True, slots=True)
class Block:
    """Samples from absolute sample `start` on, BLOCK_SAMPLES of them, fewer (or none) in the last block only.

    `holes` are absolute (start, end) samples that the file has lost to damage; they are filled with silence.
    """

    start: int
    samples: Samples
    holes: tuple[tuple[int, int], ...] = ()


def read_blocks(media: OpenMedia, file: RangeFile, limits: Limits, skip_samples: int = 0) -> Iterator[Block]:
    """Decode the chosen track from the start to the end; the last block is always shorter than the others.

    Blocks that end before `skip_samples` are decoded but neither computed nor yielded. Raises too_long; truncated when
    the file ends before its recording does; damaged when more than 5 % of it cannot be decoded; no_audio when it holds
    no samples; and whatever the reader raised.
    """
    return _Decoding(media, file, limits, skip_samples // BLOCK_SAMPLES * BLOCK_SAMPLES).blocks()


class _Decoding:
    def __init__(self, media: OpenMedia, file: RangeFile, limits: Limits, first: int) -> None:
        self._media = media
        self._limits = limits
        self._first = first
        self._packets = PacketReader(media, file)
        self._timeline = Timeline(media.start_s, media.info.container in _RESTARTING)
        self._is_continuous = media.info.container in _COUNTED | _PAGED
        self._lost_count = False  # the timestamps of a counted format are wrong from its first change of rate on
        self._buffer = np.zeros(BLOCK_SAMPLES, np.int16)
        self._position = 0  # absolute sample that is written next
        self._surplus = 0  # samples to drop, because their time is already filled
        self._holes: list[tuple[int, int]] = []
        self._lost = 0

    def blocks(self) -> Iterator[Block]:
        run: Run | None = None
        begun = 0
        for frame, begins_s, after_damage, next_s in self._frames():
            changed = run is not None and not run.continues_with(frame)
            self._lost_count |= changed and self._media.info.container in _COUNTED
            expected_s = self._timeline.expected_s
            length_s = frame.samples / frame.sample_rate
            seam_s = self._timeline.place(None if self._lost_count else begins_s, length_s, next_s)
            if run is not None and (seam_s or changed):
                yield from self._end_run(run, begun)
                run = None
            if seam_s:
                yield from self._move_to(round((expected_s + seam_s) * SAMPLE_RATE), after_damage)
            if run is None:
                begun = self._here
                run = Run(frame, self._first - begun)
            yield from self._write_run(run, begun, run.feed(frame))
        if run is not None:
            yield from self._write_run(run, begun, run.finish())
        yield from self._fill_end()
        self._check_end()
        yield self._block(self._position % BLOCK_SAMPLES)

    @property
    def _here(self) -> int:
        """The absolute sample that the next frame stands for, if it follows without a seam."""
        return self._position - self._surplus

    def _write_run(self, run: Run, begun: int, pieces: list[NDArray[np.int16]]) -> Iterator[Block]:
        for piece in pieces:
            yield from self._fill(begun + run.begins - self._here)  # what was skipped, before the first piece
            yield from self._write(piece)

    def _end_run(self, run: Run, begun: int) -> Iterator[Block]:
        """Write the rest of a run that something follows: exactly as many samples as its input stands for."""
        ends = begun + round(run.length * SAMPLE_RATE / run.rate)
        for piece in run.finish():
            yield from self._write_run(run, begun, [piece[: max(0, ends - max(self._here, begun + run.begins))]])
        yield from self._fill(ends - self._here)

    def _move_to(self, target: int, after_damage: bool) -> Iterator[Block]:
        gap = target - self._here
        if gap < 0:
            self._surplus -= gap
            return
        if after_damage or (self._is_continuous and self._position > 0):
            self._note_hole(gap)
        yield from self._fill(gap)

    def _fill_end(self) -> Iterator[Block]:
        """Where no byte is missing, sound that is missing at the end was lost to damage somewhere."""
        missing_s = (self._media.track_ends_s or 0.0) - self._position / SAMPLE_RATE
        if self._media.structure.whole and self._position > 0 and missing_s > _TRACK_SLACK_S:
            missing = round(missing_s * SAMPLE_RATE)
            self._note_hole(missing)
            self._check_lost(self._position + missing)
            yield from self._fill(missing)

    def _note_hole(self, length: int) -> None:
        self._holes.append((self._position, self._position + length))
        self._lost += length

    def _fill(self, count: int) -> Iterator[Block]:
        """Write silence, or stand for samples that are skipped."""
        self._check_length(count)
        while count > 0:
            step = min(count, BLOCK_SAMPLES)
            yield from self._write(np.zeros(step, np.int16))
            count -= step

    def _write(self, piece: NDArray[np.int16]) -> Iterator[Block]:
        dropped = min(self._surplus, len(piece))
        self._surplus -= dropped
        piece = piece[dropped:]
        self._check_length(len(piece))
        while len(piece):
            at = self._position % BLOCK_SAMPLES
            part = piece[: BLOCK_SAMPLES - at]
            self._buffer[at : at + len(part)] = part
            self._position += len(part)
            piece = piece[len(part) :]
            if self._position % BLOCK_SAMPLES == 0 and self._position > self._first:
                yield self._block(BLOCK_SAMPLES)

    def _block(self, length: int) -> Block:
        holes, self._holes = tuple(self._holes), []
        return Block(self._position - length, self._buffer[:length].astype(np.float32) / 32768.0, holes)

    def _frames(self) -> Iterator[tuple[AudioFrame, float | None, bool, float | None]]:
        """Frames with the time at which they begin, whether damage precedes them, and when the next one begins."""
        held: tuple[AudioFrame, float | None, bool] | None = None
        for frame, after_damage in self._packets.frames():
            begins_s = frame.time
            if held is not None:
                yield *held, begins_s
            held = frame, begins_s, after_damage
        if held is not None:
            yield *held, None

    def _check_length(self, more: int) -> None:
        if self._position + more > self._limits.max_duration_ms * (SAMPLE_RATE // 1000):
            raise too_long(self._limits)

    def _check_lost(self, length: int) -> None:
        if self._lost > max(_MAX_LOST_S * SAMPLE_RATE, _MAX_LOST_SHARE * length):
            lost_s, length_s = self._lost / SAMPLE_RATE, length / SAMPLE_RATE
            raise error("damaged", f"{lost_s:.1f} s of {length_s:.1f} s cannot be decoded")

    def _check_end(self) -> None:
        media, packets = self._media, self._packets
        decoded_s = self._position / SAMPLE_RATE
        track_misses_s = (media.track_ends_s or 0.0) - decoded_s
        file_misses_s = (media.file_ends_s or 0.0) - max(packets.seen_s, decoded_s)
        # In a file that does not know its length the last read comes short as a matter of course.
        is_cut = packets.last_is_cut and media.structure.duration_known and not media.structure.whole
        if track_misses_s > _TRACK_SLACK_S or file_misses_s > _FILE_SLACK_S or is_cut:
            reason = f"ends after {decoded_s:.1f} s, missing {max(track_misses_s, file_misses_s):.1f} s"
            raise error("damaged" if packets.broken_off else "truncated", f"{reason} {packets.broken_off}")
        if self._position < _MIN_SAMPLES:
            raise error("damaged" if packets.errors or packets.broken_off else "no_audio", f"{self._position} samples")
        if packets.broken_off and media.track_ends_s is None:
            raise error("damaged", packets.broken_off)
        self._check_lost(self._position)
