"""Recordings to drop: short clips that differ, and one that takes a worker a while."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.speech import long_recording, write_audio


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
