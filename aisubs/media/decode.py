"""An open file becomes fixed blocks of 16 kHz mono samples at absolute positions, to its true end or to an error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.packet import Packet
from av.stream import Discard
from numpy.typing import NDArray

from aisubs.media.container import Limits, OpenMedia, too_long
from aisubs.media.resample import SAMPLE_RATE, Run
from aisubs.media.source import RangeFile
from aisubs.media.timeline import Timeline
from aisubs.model.errors import error
from aisubs.ports import Samples

BLOCK_SAMPLES = 64 * 512
"""2.048 s: a whole number of the voice detector's chunks, so that block borders mean nothing to it."""

_AVFMT_TS_DISCONT = 0x0200  # "Format allows timestamp discontinuities"; PyAV types it as something else
_CONTINUOUS = frozenset({"ogg", "mp3", "flac", "wav", "aac"})  # these cannot express a pause: a gap is damage
_TRACK_SLACK_S = 0.5  # codec delay and padding, which headers count or do not count
_FILE_SLACK_S = 3.0  # the last picture of a slide show, rounded headers
_MAX_ERRORS_IN_A_ROW = 100
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
        self._file = file
        self._limits = limits
        self._first = first
        self._is_continuous = media.info.container in _CONTINUOUS
        self._timeline = Timeline(media.start_s, bool(media.container.format.flags & _AVFMT_TS_DISCONT))
        self._buffer = np.zeros(BLOCK_SAMPLES, np.int16)
        self._position = 0  # absolute sample that is written next
        self._surplus = 0  # samples to drop, because their time is already filled
        self._holes: list[tuple[int, int]] = []
        self._lost = 0
        self._errors = 0
        self._errors_since_frame = False
        self._broken_off = ""
        self._last_is_cut = False
        self._seen_s = 0.0  # end of the last packet of any track

    def blocks(self) -> Iterator[Block]:
        run: Run | None = None
        begun = 0
        for frame, begins_s, next_s in self._frames_with_next():
            expected_s = self._timeline.expected_s
            length_s = frame.samples / frame.sample_rate
            seam_s = self._timeline.place(begins_s, length_s, next_s)
            if run is not None and (seam_s or not run.continues_with(frame)):
                yield from self._end_run(run, begun)
                run = None
            if seam_s:
                yield from self._move_to(round((expected_s + seam_s) * SAMPLE_RATE))
            if run is None:
                begun = self._position - self._surplus
                run = Run(frame, self._first - begun)
                yield from self._fill(run.begins)
            for piece in run.feed(frame):
                yield from self._write(piece)
            self._errors_since_frame = False
        if run is not None:
            for piece in run.finish():
                yield from self._write(piece)
        self._check_end()
        yield self._block(self._position % BLOCK_SAMPLES)

    def _end_run(self, run: Run, begun: int) -> Iterator[Block]:
        """Write the rest of a run that something follows: exactly as many samples as its input stands for."""
        rest = [np.empty(0, np.int16), *run.finish()]
        ends = begun + round(run.length * SAMPLE_RATE / run.rate)
        missing = ends - (self._position - self._surplus)
        piece = np.concatenate(rest)[: max(0, missing)]
        yield from self._write(piece)
        yield from self._fill(missing - len(piece))

    def _move_to(self, target: int) -> Iterator[Block]:
        gap = target - (self._position - self._surplus)
        if (self._errors_since_frame or self._is_continuous) and gap > 0 and self._position > 0:
            self._holes.append((self._position, self._position + gap))
            self._lost += gap
        if gap >= 0:
            yield from self._fill(gap)
        else:
            self._surplus -= gap

    def _fill(self, count: int) -> Iterator[Block]:
        """Write silence, or stand for samples that are skipped."""
        if self._position + count > self._limits.max_duration_ms * (SAMPLE_RATE // 1000):
            raise too_long(self._limits)
        while count > 0:
            step = min(count, BLOCK_SAMPLES)
            yield from self._write(np.zeros(step, np.int16))
            count -= step

    def _write(self, piece: NDArray[np.int16]) -> Iterator[Block]:
        dropped = min(self._surplus, len(piece))
        self._surplus -= dropped
        piece = piece[dropped:]
        if self._position + len(piece) > self._limits.max_duration_ms * (SAMPLE_RATE // 1000):
            raise too_long(self._limits)
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

    def _frames_with_next(self) -> Iterator[tuple[AudioFrame, float | None, float | None]]:
        held: tuple[AudioFrame, float | None] | None = None
        for frame in self._frames():
            begins_s = frame.time
            if held is not None:
                yield *held, begins_s
            held = frame, begins_s
        if held is not None:
            yield *held, None

    def _frames(self) -> Iterator[AudioFrame]:
        codec = self._media.track.codec_context
        for packet in self._packets():
            try:
                frames = codec.decode(packet)
            except av.FFmpegError:
                # One bad packet is a hole in the recording and not the end of it.
                self._errors += 1
                self._errors_since_frame = True
                continue
            yield from (frame for frame in frames if frame.samples > 0)

    def _packets(self) -> Iterator[Packet[Any] | None]:
        """The packets of the chosen track, then None. An error of the demuxer ends it only if nothing comes after."""
        media = self._media
        if media.file_ends_s is None:
            for stream in media.container.streams:
                if stream.index != media.track.index:
                    stream.discard = Discard.all
        in_a_row = 0
        while True:
            try:
                for packet in media.container.demux():
                    if packet.size == 0 and packet.dts is None:
                        continue  # PyAV's request to flush, one per track
                    in_a_row = 0
                    self._note(packet)
                    if packet.stream.index == media.track.index:
                        yield packet
                break
            except av.FFmpegError as failure:
                self._broken_off = str(failure)
                self._errors_since_frame = True
                in_a_row += 1
                if self._file.failure is not None or in_a_row >= _MAX_ERRORS_IN_A_ROW:
                    break
        if self._file.failure is not None:
            raise self._file.failure
        yield None

    def _note(self, packet: Packet[Any]) -> None:
        self._broken_off = ""
        self._last_is_cut = packet.is_corrupt
        stamp = packet.pts if packet.pts is not None else packet.dts
        if stamp is not None and packet.time_base:
            ends_s = float((stamp + (packet.duration or 0)) * packet.time_base) - self._media.start_s
            self._seen_s = max(self._seen_s, ends_s)

    def _check_end(self) -> None:
        media = self._media
        decoded_s = self._position / SAMPLE_RATE
        track_misses_s = (media.track_ends_s or 0.0) - decoded_s
        file_misses_s = (media.file_ends_s or 0.0) - max(self._seen_s, decoded_s)
        # In a file that does not know its length the last read comes short as a matter of course.
        is_cut = self._last_is_cut and media.length_known
        if track_misses_s > _TRACK_SLACK_S or file_misses_s > _FILE_SLACK_S or is_cut:
            reason = f"ends after {decoded_s:.1f} s, missing {max(track_misses_s, file_misses_s):.1f} s"
            raise error("damaged" if self._broken_off else "truncated", f"{reason} {self._broken_off}")
        if self._position == 0:
            raise error("damaged" if self._errors or self._broken_off else "no_audio", "no samples")
        if self._broken_off and media.track_ends_s is None:
            raise error("damaged", self._broken_off)
        if self._lost > max(_MAX_LOST_S * SAMPLE_RATE, _MAX_LOST_SHARE * self._position):
            raise error("damaged", f"{self._lost / SAMPLE_RATE:.1f} s of {decoded_s:.1f} s cannot be decoded")
