"""Real recordings with what is said in them, which are no part of the repository: `../shared/real-speech` beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def recording(name: str) -> Path:
    """One of the files, such as `read/jfk.flac`. Skips the test where they are not."""
    return _shared(f"shared/real-speech/{name}")


def dialogue(name: str) -> Path:
    """Of conversations with who speaks when, such as `tune-2spk.opus`. Skips the test where they are not."""
    return _shared(f"shared/speakers/dialogues/{name}")


def _shared(name: str) -> Path:
    for above in ROOT.parents:
        if (above / name).is_file():
            return above / name
    pytest.skip(f"{name} lies in no folder above {ROOT}")
