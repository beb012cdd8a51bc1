"""Writes a film in which somebody speaks in the second audio track alone: `make_tracks.py OUT SOUND`.

The first is the one to be played, and as long. What is said is that of SOUND.
"""

from __future__ import annotations

import sys
from pathlib import Path

import av
import numpy as np
from av.stream import Disposition

from tests.speech import SAMPLE_RATE_HZ
from tests.track_files import Sound, hum, write_tracks


def make_tracks(out: Path, sound: str) -> None:
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE_HZ)
    with av.open(sound) as source:
        frames = [part for frame in source.decode(audio=0) for part in resampler.resample(frame)]
    said = np.concatenate([frame.to_ndarray()[0] for frame in [*frames, *resampler.resample(None)]])
    music = Sound(hum(len(said) / SAMPLE_RATE_HZ), "deu", "Music", Disposition.default)
    write_tracks(out, music, Sound(said, "eng", "Speech"))


if __name__ == "__main__":
    make_tracks(Path(sys.argv[1]), sys.argv[2])
