"""Writes speech that lasts: `viewer_speech.py OUT SOUND TIMES`, a WAV file of SOUND said so many times over."""

from __future__ import annotations

import sys
import wave

import av

RATE_HZ = 16_000


def repeat_speech(out: str, sound: str, times: int) -> None:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    with av.open(sound) as source:
        frames = [part for frame in source.decode(audio=0) for part in resampler.resample(frame)]
    once = b"".join(frame.to_ndarray().tobytes() for frame in [*frames, *resampler.resample(None)])
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        for _ in range(times):
            file.writeframes(once)


if __name__ == "__main__":
    repeat_speech(sys.argv[1], sys.argv[2], int(sys.argv[3]))
