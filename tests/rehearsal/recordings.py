"""Recordings to drop: short clips that differ, and one that takes a worker a while.

`make rehearse` sets REHEARSAL=full: hundreds of clips and a whole hour, where the tests of every day take fewer.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.speech import long_recording, write_audio

FULL = os.environ.get("REHEARSAL") == "full"
CLIPS = 300 if FULL else 30
LONG_S = 3600 if FULL else 300


@cache
def clip(seed: int, seconds: float = 6) -> bytes:
    """A few words; another seed says others."""
    with TemporaryDirectory() as folder:
        return write_audio(long_recording(seconds, seed=seed).samples(), Path(folder) / "clip.flac").read_bytes()


@cache
def talk(seconds: float, seed: int = 77) -> bytes:
    """As m4a, encoded as it is made."""
    with TemporaryDirectory() as folder:
        return write_audio(long_recording(seconds, seed=seed).blocks(), Path(folder) / "talk.m4a").read_bytes()
