"""An open file becomes fixed blocks of 16 kHz mono samples at absolute positions, to its true end or to an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from av.audio.frame import AudioFrame

from aisubs.media.blocks import BLOCK_SAMPLES, Block, BlockWriter, Cut, RawBlock, Sound
from aisubs.media.container import Limits, OpenMedia, too_long
from aisubs.media.each_channel import SAMPLE_RATE
from aisubs.media.mixing import HISTORY_BLOCKS, Mixer, speech_share
from aisubs.media.one_side import SideMixer
from aisubs.media.packets import PacketReader
from aisubs.media.parts import parts
from aisubs.media.resample import Run
from aisubs.media.source import RangeFile
from aisubs.media.timeline import Timeline
from aisubs.media.transport import later_sound
from aisubs.media.vad import SileroVad, Vad, find_vad_model
from aisubs.model.errors import error

_RESTARTING = frozenset({"mpeg", "mpegts"})  # broadcast formats, whose clock may start again at any value
_COUNTED = frozenset({"aac", "ac3", "amr", "dts", "eac3", "gsm", "loas", "mp3", "wav"})
"""Formats without timestamps: FFmpeg makes them up by counting. They cannot express a pause, so a gap is damage …"""
_PAGED = frozenset({"flac"})
"""… and so it is in this one, which numbers its frames."""
_ENDING = frozenset({"ogg"})
"""Its pages say when they end, so FFmpeg shows what was lost before one only after it."""
_TRACK_SLACK_S = 0.5  # codec delay and padding, which headers count or do not count
_FILE_SLACK_S = 3.0  # the last picture of a slide show, rounded headers
_MIN_SAMPLES = 8  # half a millisecond: less rounds to a recording of no length
_MAX_LOST_SHARE, _MAX_LOST_SHARE_STRICT = 0.5, 0.05
_MAX_LOST_S = 2.0
_MAX_LOST_END_SHARE = 0.5
"""A header that claims more than twice of what a whole file holds is wrong, and nothing was lost."""


def read_blocks(
    media: OpenMedia,
    file: RangeFile,
    limits: Limits,
    skip_samples: int = 0,
    network: Callable[[], Vad] = lambda: SileroVad(find_vad_model()),
) -> Iterator[Block]:
    """Decode the chosen track from the start to the end; the last block is always shorter than the others.

    Blocks that end before `skip_samples` are decoded but neither computed nor yielded. What the file has lost is told
    by the blocks. Raises too_long; damaged when more than half of it cannot be decoded; no_audio when it holds no
    samples, truncated when there should be some; and whatever the reader raised. With `limits.strict` also truncated
    when the file ends before its recording does, and damaged from 5 % on.
    """
    first = skip_samples // BLOCK_SAMPLES * BLOCK_SAMPLES
    mixer = SideMixer(first, media.side) if media.side else Mixer(first, speech_share(network))
    yield from mixer.blocks(_raw_blocks(media, file, limits, first))


def _raw_blocks(media: OpenMedia, file: RangeFile, limits: Limits, first: int) -> Iterator[RawBlock]:
    computed = max(0, first - HISTORY_BLOCKS * BLOCK_SAMPLES)
    writer, cut = BlockWriter(computed), None
    for part in parts(media, file, limits):
        decoding = _Decoding(part, file, limits, writer, computed)
        yield from decoding.blocks()
        cut = decoding.cut
        if cut is not None and file.has_more:
            yield from decoding.fill_until(cut.promised_ms)
    yield writer.last(cut)


class _Decoding:
    def __init__(self, media: OpenMedia, file: RangeFile, limits: Limits, writer: BlockWriter, first: int) -> None:
        self.cut: Cut | None = None
        self._media = media
        self._limits = limits
        self._writer = writer
        self._begins = writer.position  # of files that were joined each one begins where the last one ended
        self._first = first
        self._file = file
        self._packets = PacketReader(media, file)
        self._timeline = Timeline(media.start_s, media.info.container in _RESTARTING)
        self._is_continuous = media.info.container in _COUNTED | _PAGED
        self._lost_count = False  # the timestamps of a counted format are wrong from its first change of rate on
        self._damaged = False  # since the last seam
        self._surplus = 0  # samples to drop, because their time is already filled

    def blocks(self) -> Iterator[RawBlock]:
        run: Run | None = None
        begun = 0
        for frame, begins_s, after_damage, next_s in self._frames():
            changed = run is not None and not run.continues_with(frame)
            self._lost_count |= changed and self._media.info.container in _COUNTED
            self._damaged = after_damage or (self._damaged and self._media.info.container in _ENDING)
            expected_s = self._timeline.expected_s
            length_s = frame.samples / frame.sample_rate
            seam_s = self._timeline.place(None if self._lost_count else begins_s, length_s, next_s)
            if run is not None and (seam_s or changed):
                yield from self._end_run(run, begun)
                run = None
            if seam_s:
                yield from self._move_to(self._begins + round((expected_s + seam_s) * SAMPLE_RATE))
            if run is None:
                begun = self._here
                run = Run(frame, self._first - begun)
            yield from self._write_run(run, begun, run.feed(frame))
        self._look_for_more()
        if run is not None and self._file.has_more:
            yield from self._end_run(run, begun)
        elif run is not None:
            yield from self._write_run(run, begun, run.finish())
        yield from self._fill_end()
        self.cut = self._check_end()

    def fill_until(self, promised_ms: int | None) -> Iterator[RawBlock]:
        """What a file lacks to its length is missing where the one that is joined to it begins."""
        missing = (promised_ms or 0) * (SAMPLE_RATE // 1000) - self._writer.position
        if missing > 0:
            self._writer.note_hole(missing)
            yield from self._fill(missing)

    def _look_for_more(self) -> None:
        media, packets = self._media, self._packets
        if media.info.container == "mpegts" and packets.last_pos is not None:
            begins = later_sound(self._file, packets.last_pos)
            if begins is not None:
                self._file.split_at(begins)

    @property
    def _track_ends_s(self) -> float | None:
        """What is promised. Of joined Ogg files FFmpeg knows the end of the last one only."""
        is_chain = self._media.structure.kind == "ogg" and self._file.has_more
        return None if is_chain else self._media.track_ends_s

    @property
    def _length(self) -> int:
        """Samples of this file so far."""
        return self._writer.position - self._begins

    @property
    def _here(self) -> int:
        """The absolute sample that the next frame stands for, if it follows without a seam."""
        return self._writer.position - self._surplus

    def _write_run(self, run: Run, begun: int, pieces: list[Sound]) -> Iterator[RawBlock]:
        for piece in pieces:
            yield from self._fill(begun + run.begins - self._here)  # what was skipped, before the first piece
            yield from self._write(piece)

    def _end_run(self, run: Run, begun: int) -> Iterator[RawBlock]:
        """Write the rest of a run that something follows: exactly as many samples as its input stands for."""
        ends = begun + round(run.length * SAMPLE_RATE / run.rate)
        for piece in run.finish():
            yield from self._write_run(run, begun, [piece[: max(0, ends - max(self._here, begun + run.begins))]])
        yield from self._fill(ends - self._here)

    def _move_to(self, target: int) -> Iterator[RawBlock]:
        gap, after_damage, self._damaged = target - self._here, self._damaged, False
        if gap < 0:
            self._surplus -= gap
            return
        self._check_length(gap)
        if after_damage or (self._is_continuous and self._length > 0):
            self._writer.note_hole(gap)
        elif self._length > 0:
            self._writer.note_gap(gap)
        yield from self._fill(gap)

    def _fill_end(self) -> Iterator[RawBlock]:
        """Where no byte is missing, sound that is missing at the end was lost to damage somewhere."""
        promised_s, length = self._track_ends_s or 0.0, self._length
        missing_s = promised_s - length / SAMPLE_RATE
        if not self._media.structure.whole or length == 0 or missing_s <= _TRACK_SLACK_S:
            return
        if not self._limits.strict and missing_s > _MAX_LOST_END_SHARE * promised_s:
            return
        missing = round(missing_s * SAMPLE_RATE)
        self._writer.note_hole(missing)
        self._check_lost(self._writer.position + missing)
        yield from self._fill(missing)

    def _fill(self, count: int) -> Iterator[RawBlock]:
        self._check_length(count)
        yield from self._writer.fill(count)

    def _write(self, piece: Sound) -> Iterator[RawBlock]:
        dropped = min(self._surplus, len(piece))
        self._surplus -= dropped
        self._check_length(len(piece) - dropped)
        yield from self._writer.write(piece[dropped:])

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
        if self._writer.position + more > self._limits.max_duration_ms * (SAMPLE_RATE // 1000):
            raise too_long(self._limits)

    def _check_lost(self, length: int) -> None:
        share = _MAX_LOST_SHARE_STRICT if self._limits.strict else _MAX_LOST_SHARE
        if self._writer.lost > max(_MAX_LOST_S * SAMPLE_RATE, share * length):
            lost_s, length_s = self._writer.lost / SAMPLE_RATE, length / SAMPLE_RATE
            raise error("damaged", f"{lost_s:.1f} s of {length_s:.1f} s cannot be decoded")

    def _check_end(self) -> Cut | None:
        """Whether the recording ends here, or only the file does."""
        media, packets, length = self._media, self._packets, self._length
        decoded_s = length / SAMPLE_RATE
        track_misses_s = (self._track_ends_s or 0.0) - decoded_s
        file_misses_s = (media.file_ends_s or 0.0) - max(packets.seen_s, decoded_s)
        # In a file that does not know its length the last read comes short as a matter of course.
        is_cut = packets.last_is_cut and media.structure.duration_known and not media.structure.whole
        is_short = track_misses_s > _TRACK_SLACK_S or file_misses_s > _FILE_SLACK_S
        incomplete = is_short or is_cut or bool(media.structure.missing_end)
        is_empty = self._writer.position < _MIN_SAMPLES
        if incomplete and (self._limits.strict or is_empty):
            reason = f"ends after {decoded_s:.1f} s, missing {max(track_misses_s, file_misses_s):.1f} s"
            raise error("damaged" if packets.broken_off else "truncated", f"{reason} {packets.broken_off}")
        if is_empty and not self._file.has_more:
            raise error("damaged" if packets.errors or packets.broken_off else "no_audio", f"{length} samples")
        broken_off = packets.broken_off and self._track_ends_s is None
        if broken_off and self._limits.strict:
            raise error("damaged", packets.broken_off)
        self._check_lost(self._writer.position)
        if not incomplete and not broken_off:
            return None
        promised_s = self._begins / SAMPLE_RATE + max(self._track_ends_s or 0.0, media.file_ends_s or 0.0)
        return Cut(round(promised_s * 1000) if is_short else None)
