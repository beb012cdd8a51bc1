"""Recordings with several audio tracks, as films, screen recorders and mixing desks write them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.stream import Disposition

from tests.speech import SAMPLE_RATE_HZ, Samples

NONE = Disposition(0)


@dataclass(frozen=True)
class Sound:
    """One audio track. `starts_s` is where its first sample stands on the clock of the film."""

    samples: Samples
    language: str = ""
    title: str = ""
    disposition: Disposition = NONE
    starts_s: float = 0.0


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), np.float32)


def hum(seconds: float) -> Samples:
    """Loud, and no speech."""
    times = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return (0.3 * np.sin(2 * np.pi * 110 * times)).astype(np.float32)


def write_tracks(path: Path, *sounds: Sound, subtitles: tuple[tuple[str, Disposition], ...] = ()) -> Path:
    """A video of the container that the name of `path` says, with the tracks in their order, interleaved.

    `subtitles` are (language, disposition) of subtitle tracks with one line each.
    """
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=5, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 64, 36, "yuv420p"
        tracks = []
        for sound in sounds:
            stream = container.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="mono")
            stream.metadata.update({name: value for name, value in _tags(sound).items() if value})
            stream.disposition = sound.disposition
            tracks.append(stream)
        seconds = max(sound.starts_s + len(sound.samples) / SAMPLE_RATE_HZ for sound in sounds)
        for second in range(int(seconds) + 1):
            for number in range(5):
                picture = av.VideoFrame.from_ndarray(np.full((36, 64, 3), 40 + second % 200, np.uint8), format="rgb24")
                picture.pts, picture.time_base = second * 5 + number, Fraction(1, 5)
                container.mux(video.encode(picture))
            for sound, stream in zip(sounds, tracks, strict=True):
                for frame in _frames(sound, second):
                    container.mux(stream.encode(frame))
        for stream in [video, *tracks]:
            container.mux(stream.encode(None))
    if subtitles:
        _add_subtitles(path, subtitles)
    return path


def _tags(sound: Sound) -> dict[str, str]:
    return {"language": sound.language, "title": sound.title}


def _frames(sound: Sound, second: int) -> list[av.AudioFrame]:
    """The frames of the AAC size that begin within this second of the sound."""
    step, frames = 1024, []
    first = -(-second * SAMPLE_RATE_HZ // step) * step
    for start in range(first, min(len(sound.samples), (second + 1) * SAMPLE_RATE_HZ), step):
        frame = av.AudioFrame.from_ndarray(sound.samples[None, start : start + step], format="fltp", layout="mono")
        frame.sample_rate, frame.time_base = SAMPLE_RATE_HZ, Fraction(1, SAMPLE_RATE_HZ)
        frame.pts = start + round(sound.starts_s * SAMPLE_RATE_HZ)
        frames.append(frame)
    return frames


def _add_subtitles(path: Path, subtitles: tuple[tuple[str, Disposition], ...]) -> None:
    """Write the file anew with subtitle tracks behind its others."""
    plain, lines = path.with_name(f"plain-{path.name}"), path.with_name("lines.srt")
    path.rename(plain)
    lines.write_text("1\n00:00:00,000 --> 00:00:01,000\nHello.\n")
    with av.open(str(plain)) as source, av.open(str(lines)) as text, av.open(str(path), "w") as target:
        copies = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for given, stream in zip(source.streams, copies.values(), strict=True):
            stream.metadata.update(given.metadata)
            stream.disposition = given.disposition
        line = next(packet for packet in text.demux() if packet.size)
        for language, disposition in subtitles:
            stream = target.add_stream_from_template(text.streams[0])
            stream.metadata["language"] = language
            stream.disposition = disposition
            copies[stream.index] = stream
        for stream in list(copies.values())[len(source.streams) :]:
            line.stream = stream
            target.mux(line)
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = copies[packet.stream.index]
                target.mux(packet)
    plain.unlink()
    lines.unlink()
