"""Packets of the chosen track become frames, past whatever is damaged on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.packet import Packet
from av.stream import Discard

from aisubs.media.container import OpenMedia
from aisubs.media.dtx import speech_or_silence
from aisubs.media.source import RangeFile

_MAX_ERRORS_IN_A_ROW = 100
_MAX_SKIPPED_BYTES = 1024
"""Matroska's own headers between two blocks, and Ogg's of a page, take fewer; more were passed over because they made
no sense."""


class PacketReader:
    """Demuxes and decodes once, from the start to the end.

    `errors` counts packets that did not decode, `broken_off` says why demuxing ended early (or is ""), `last_is_cut`
    that the last read came short. `seen_s` is the end of the last packet of any track, kept where the file promises an
    end for all of them; `last_pos` is the byte at which the last packet of the chosen track begins, where that is said.
    """

    def __init__(self, media: OpenMedia, file: RangeFile) -> None:
        self.errors = 0
        self.broken_off = ""
        self.last_is_cut = False
        self.seen_s = 0.0
        self.last_pos: int | None = None
        self._media = media
        self._file = file
        self._damage = False  # since the last frame
        self._in_order = media.structure.kind in ("matroska", "ogg")
        self._last_byte: int | None = None
        self._last_pos = -1

    def frames(self) -> Iterator[tuple[AudioFrame, bool]]:
        """Frames with at least one sample, each with whether something before it could not be read.

        Raises what the reader raised, never an error of FFmpeg.
        """
        codec = self._media.track.codec_context
        for packet in self._packets():
            for part in speech_or_silence(codec, packet):
                for frame in [part] if isinstance(part, AudioFrame) else self._decoded(codec, part):
                    if frame.samples > 0:
                        damage, self._damage = self._damage, False
                        yield frame, damage

    def _decoded(self, codec: AudioCodecContext, packet: Packet[Any] | None) -> list[AudioFrame]:
        try:
            return codec.decode(packet)
        except Exception:  # noqa: BLE001 - PyAV has errors of its own beside FFmpeg's
            # One bad packet is a hole in the recording and not the end of it.
            self.errors += 1
            self._damage = True
            return []

    def _packets(self) -> Iterator[Packet[Any] | None]:
        """The packets of the chosen track, then None. An error of the demuxer ends it only if nothing comes after."""
        media = self._media
        if media.file_ends_s is None and not self._in_order:
            for stream in media.container.streams:
                if stream.index != media.track.index:
                    stream.discard = Discard.all
        track_index = media.track.index
        in_a_row = 0
        while in_a_row < _MAX_ERRORS_IN_A_ROW:
            try:
                for packet in media.container.demux():
                    if packet.size == 0 and packet.dts is None:
                        continue  # PyAV's request to flush, one per track
                    in_a_row = 0
                    self._note(packet)
                    if packet.stream.index == track_index:
                        self.last_pos = packet.pos if packet.pos is not None and packet.pos >= 0 else self.last_pos
                        yield packet
                break
            except IndexError:
                break  # PyAV at the end of a file with streams that its header did not announce
            except Exception as failure:  # noqa: BLE001
                self.broken_off = str(failure)
                self._damage = True
                in_a_row += 1
                if self._file.failure is not None:
                    break
        if self._file.failure is not None:
            raise self._file.failure
        yield None

    def _note(self, packet: Packet[Any]) -> None:
        self.broken_off = ""
        self.last_is_cut = packet.is_corrupt
        if self.last_is_cut:
            self._damage = True
        if self._in_order:
            self._note_position(packet)
        if self._media.file_ends_s is not None:  # else nobody asks, and fractions are slow
            self._note_end(packet)

    def _note_position(self, packet: Packet[Any]) -> None:
        if packet.pos is None or packet.pos < 0:
            return
        if packet.pos == self._last_pos and self._last_byte is not None:  # of one Ogg page
            self._last_byte += packet.size
            return
        if self._last_byte is not None and packet.pos - self._last_byte > _MAX_SKIPPED_BYTES:
            self._damage = True
        self._last_pos, self._last_byte = packet.pos, packet.pos + packet.size

    def _note_end(self, packet: Packet[Any]) -> None:
        stamp = packet.pts if packet.pts is not None else packet.dts
        if stamp is not None and packet.time_base:
            ends_s = float((stamp + (packet.duration or 0)) * packet.time_base) - self._media.start_s
            self.seen_s = max(self.seen_s, ends_s)
