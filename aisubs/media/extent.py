"""When a recording begins and ends by its own account."""

from __future__ import annotations

import re
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

_MAX_PACKETS = 500


def moving_pictures(container: InputContainer) -> list[VideoStream]:
    """The video tracks, without cover art."""
    return [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]


def first_picture_s(container: InputContainer) -> float | None:
    """The first timestamp of any video track, in seconds on the file's clock. Uses the container up.

    FFmpeg's own answer is only right if it may decode pictures, or if the file has an index as mp4 does.
    """
    waiting = {stream.index for stream in moving_pictures(container)}
    stamps = []
    try:
        for count, packet in enumerate(container.demux(video=list(range(len(container.streams.video))))):
            if packet.stream.index in waiting and packet.pts is not None and packet.time_base:
                stamps.append(float(packet.pts * packet.time_base))
                waiting.discard(packet.stream.index)
            if not waiting or count > _MAX_PACKETS:
                break
    except av.FFmpegError:
        pass  # whatever is wrong with the pictures, the sound may be whole
    return min(stamps, default=None)


def start_s(container: InputContainer, track: AudioStream, picture_s: float | None) -> float:
    """The container's first timestamp in seconds. It is the zero of all times in aisubs, as in players."""
    start_us: Any = container.start_time  # None for wav, whatever PyAV's types say
    begins_s = start_us * 1e-6 if start_us is not None else float((track.start_time or 0) * (track.time_base or 0))
    return float(begins_s if picture_s is None else min(begins_s, picture_s))


def ends_s(container: InputContainer, track: AudioStream, start_s: float) -> tuple[float | None, float | None]:
    """Ends of the track and of the file, in seconds after `start_s`, as FFmpeg knows or guesses them."""
    track_ends_s = file_ends_s = None
    name = container.format.name
    is_matroska = name.startswith("matroska")  # whose tracks have no length of their own: FFmpeg's is the file's
    if track.duration and track.duration > 0 and track.time_base and not is_matroska:
        # Ogg knows the position of its last page, all others the length of the track.
        begins_s = float(track.start_time * track.time_base) if track.start_time is not None and name != "ogg" else 0.0
        has_clock = track.start_time is not None
        track_ends_s = begins_s + float(track.duration * track.time_base) - (start_s if has_clock else 0.0)
    if container.duration and container.duration > 0:
        # Matroska states the end, all others the length.
        file_ends_s = container.duration * 1e-6 - (start_s if is_matroska else 0.0)
    if is_matroska:
        track_ends_s = file_ends_s if len(container.streams) == 1 else _tagged_end_s(track, start_s)
    return track_ends_s, file_ends_s


def _tagged_end_s(track: AudioStream, start_s: float) -> float | None:
    """The end of a Matroska track by the tag that muxers write for each of several, "00:00:20.021000000"."""
    tag = re.fullmatch(r"(\d+):(\d\d):(\d\d\.?\d*)", track.metadata.get("DURATION", ""))
    return int(tag[1]) * 3600 + int(tag[2]) * 60 + float(tag[3]) - start_s if tag else None
