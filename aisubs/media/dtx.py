"""Telephones send nothing, or a hint of the noise, while nobody speaks (DTX). FFmpeg's AMR decoders call that an error.

Such a packet is no damage: it stands for 20 ms without speech, and silence is what becomes of it.
Source: RFC 4867, 4.3.2 and 5.3; sizes as in FFmpeg's libavformat/amr.c.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.packet import Packet

_SID = {"amrnb": 8, "amrwb": 9}
"""Frame types from here on hold no speech: descriptions of noise, and nothing at all (15)."""
_LOST = 14
"""In AMR-WB: speech that did not arrive. That is damage, and the decoder says so."""
_BYTES = {
    "amrnb": (13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1),
    "amrwb": (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1),
}
"""Of a frame with its one byte of header, by frame type."""
_FRAME_S = Fraction(1, 50)


def speech_or_silence(
    codec: AudioCodecContext, packet: Packet[Any] | None
) -> Iterator[Packet[Any] | AudioFrame | None]:
    """The packet as it came, or where some of its frames hold no speech, each by itself: those become silence."""
    sizes = _BYTES.get(codec.name)
    if packet is None or sizes is None:
        yield packet
        return
    data = bytes(packet)
    frames = list(_split(data, sizes))
    if not any(_is_quiet(codec.name, frame) for frame in frames):
        yield packet
        return
    for number, frame in enumerate(frames):
        pts = None if packet.pts is None else packet.pts + round(number * _FRAME_S / packet.time_base)
        yield _silence(codec, packet, pts) if _is_quiet(codec.name, frame) else _alone(packet, frame, pts)


def _split(data: bytes, sizes: tuple[int, ...]) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        size = sizes[_type(data[at])]
        yield data[at : at + size]
        at += size


def _type(header: int) -> int:
    return header >> 3 & 15


def _is_quiet(codec: str, frame: bytes) -> bool:
    kind = _type(frame[0])
    return kind >= _SID[codec] and not (codec == "amrwb" and kind == _LOST)


def _alone(packet: Packet[Any], frame: bytes, pts: int | None) -> Packet[Any]:
    alone: Packet[Any] = Packet(frame)
    alone.pts, alone.time_base = pts, packet.time_base
    return alone


def _silence(codec: AudioCodecContext, packet: Packet[Any], pts: int | None) -> AudioFrame:
    samples = round(codec.sample_rate * _FRAME_S)
    zeros = np.zeros((1, samples), np.float32)
    frame = AudioFrame.from_ndarray(zeros, format=codec.format.name, layout=codec.layout.name)
    frame.sample_rate, frame.pts, frame.time_base = codec.sample_rate, pts, packet.time_base
    return frame
