"""In which of several audio tracks does somebody speak? Answered by listening to a minute of each, spread over all."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard

from aisubs.media.blocks import Sound
from aisubs.media.container import Limits, OpenMedia, open_container, prepare_decoder
from aisubs.media.each_channel import SAMPLE_RATE
from aisubs.media.mixing import mixed, speech_share
from aisubs.media.resample import Run
from aisubs.media.source import RangeFile
from aisubs.media.spans import CHUNK, THRESHOLD
from aisubs.media.telephone import for_detector
from aisubs.media.tracks import Choice
from aisubs.media.vad import Vad, VadState
from aisubs.model.audio_track import Reason
from aisubs.model.errors import AisubsError

_SAMPLE_S = 5.0
_PLACES = (6, 1, 10, 3, 8, 5, 0, 11, 2, 7, 4, 9)
"""Twelfths of the recording, in an order that soon has been everywhere."""
_SPEECH_S = 0.5
"""Less than that may be a cough."""
_MAX_PACKETS = 20_000
_MAX_ERRORS = 50


@dataclass(slots=True)
class Heard:
    """What was heard of one track so far."""

    choice: Choice
    stream: AudioStream
    aside: bool
    vad: VadState = field(default_factory=VadState.fresh)
    speech_s: float = 0.0
    run: Run | None = None
    got_s: float = 0.0
    pieces: list[Sound] = field(default_factory=list)

    @property
    def speaks(self) -> bool:
        return self.speech_s >= _SPEECH_S

    def add(self, frame: AudioFrame) -> None:
        if self.run is None or not self.run.continues_with(frame):
            self._end_run()
            self.run = Run(frame)
        self.got_s += frame.samples / frame.sample_rate
        self.pieces += self.run.feed(frame)

    def judge(self, network: Vad) -> None:
        """Count the speech in what was decoded since the last time."""
        samples = mixed(self.take(), speech_share(lambda: network))
        whole = samples[: len(samples) // CHUNK * CHUNK]
        if len(whole):
            network.state = self.vad
            self.speech_s += (
                float((network.probabilities(for_detector(whole)) >= THRESHOLD).sum()) * CHUNK / SAMPLE_RATE
            )
            self.vad = network.state

    def take(self) -> list[Sound]:
        """What was decoded since the last time."""
        self._end_run()
        taken, self.pieces, self.got_s = self.pieces, [], 0.0
        return taken

    def _end_run(self) -> None:
        if self.run is not None:
            self.pieces += self.run.finish()
            self.run = None


def pick_by_ear(file: RangeFile, limits: Limits, media: OpenMedia, network: Vad, *, most: bool) -> Choice:
    """One of `media.choices`: with `most` the track with the most speech, else the first one unless nobody speaks in it
    and somebody does in another. The same file gives the same answer.

    Opens the file anew. Raises what the reader raises, and nothing else: what cannot be decoded is not heard.
    """
    heard: list[Heard] = []
    with closing(heard_around(file, limits, media)) as places:
        for heard in places:
            for track in heard:
                track.judge(network)
            if not most and heard and heard[0].speaks and heard[0].choice == media.choices[0]:
                return media.choices[0]
    speaking = [track for track in heard if track.speaks]
    in_front = [track for track in speaking if not track.aside] or speaking
    if not in_front:
        return media.choices[0]
    best = max(in_front, key=lambda track: track.speech_s)  # of equals the first
    return Choice(best.choice.number, Reason.SPEECH)


def heard_around(file: RangeFile, limits: Limits, media: OpenMedia) -> Generator[list[Heard]]:
    """What is heard of each of `media.choices`, the same list after each place that was listened at: spread over all.

    Opens the file anew, and closes it. Raises what the reader raises.
    """
    container = open_container(file, limits, media.structure)
    try:
        heard = list(_listeners(container, media))
        for start_s in _places(media):
            _listen_at(container, heard, start_s)
            if file.failure is not None:
                raise file.failure
            yield heard
    finally:
        container.close()


def _listeners(container: InputContainer, media: OpenMedia) -> Iterator[Heard]:
    numbers = {choice.number for choice in media.choices}
    for stream in container.streams:
        if stream.type != "audio":
            stream.discard = Discard.all
    for choice in media.choices:
        stream = container.streams.audio[choice.number - 1]
        try:
            prepare_decoder(stream)
        except AisubsError:
            continue  # of a kind that we do not decode
        yield Heard(choice, stream, media.aside[choice.number - 1])
    for number, stream in enumerate(container.streams.audio, 1):
        if number not in numbers:
            stream.discard = Discard.all


def _places(media: OpenMedia) -> Iterator[float | None]:
    """Where to listen, in seconds on the file's clock; None is where reading stands."""
    length_s = (media.info.duration_ms or 0) / 1000
    if length_s <= len(_PLACES) * _SAMPLE_S:
        yield from (None for _ in _PLACES)
        return
    yield from (media.start_s + length_s * place / len(_PLACES) for place in _PLACES)


def _listen_at(container: InputContainer, heard: Sequence[Heard], start_s: float | None) -> None:
    try:
        if start_s is not None:
            container.seek(round(start_s * av.time_base))
        _decode_some(container, {track.stream.index: track for track in heard})
    except av.FFmpegError:
        pass  # no such place, or the end: what was decoded counts


def _decode_some(container: InputContainer, heard: dict[int, Heard]) -> None:
    """Until `_SAMPLE_S` of every track are there, or so much of one that the others must be silent for long."""
    errors = 0
    for count, packet in enumerate(container.demux()):
        track = heard.get(packet.stream.index)
        if track is not None and packet.size and track.got_s < 2 * _SAMPLE_S:
            try:
                frames = track.stream.codec_context.decode(packet)
            except av.FFmpegError:
                frames, errors = [], errors + 1
            for frame in frames:
                if frame.samples > 0:
                    track.add(frame)
        got = [one.got_s for one in heard.values()]
        if min(got, default=0) >= _SAMPLE_S or max(got, default=0) >= 2 * _SAMPLE_S:
            return
        if count > _MAX_PACKETS or errors > _MAX_ERRORS:
            return
