"""Writes a video for a browser to choose: `make_video.py OUT SECONDS SEED [SOUND]`.

The picture is black and small. The sound is faint noise, uncompressed so that its size is known, or that of SOUND as it
is, packet for packet.
"""

from __future__ import annotations

import sys
from fractions import Fraction

import av
import numpy as np

RATE_HZ = 16_000


def make_video(out: str, seconds: int, seed: int, sound: str | None) -> None:
    with av.open(out, "w") as file:
        picture = file.add_stream("mpeg4", rate=1, width=64, height=36, pix_fmt="yuv420p")
        if sound is None:
            noise = file.add_stream("pcm_s16le", rate=RATE_HZ, layout="mono")
        else:
            source = av.open(sound)
            copied = file.add_stream_from_template(source.streams.audio[0])
        black = av.VideoFrame.from_ndarray(np.zeros((36, 64, 3), np.uint8))
        random = np.random.default_rng(seed)
        for second in range(seconds):
            black.pts, black.time_base = second, Fraction(1)
            file.mux(picture.encode(black))
            if sound is None:
                frame = av.AudioFrame.from_ndarray(random.integers(-8, 8, (1, RATE_HZ), np.int16), "s16", "mono")
                frame.sample_rate, frame.pts = RATE_HZ, second * RATE_HZ
                file.mux(noise.encode(frame))
        file.mux(picture.encode())
        if sound is None:
            file.mux(noise.encode())
        else:
            for packet in source.demux(audio=0):
                if packet.dts is not None:
                    packet.stream = copied
                    file.mux(packet)


if __name__ == "__main__":
    make_video(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else None)
