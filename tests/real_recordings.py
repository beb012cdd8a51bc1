"""Real recordings with what is said in them, which are no part of the repository: `../shared/real-speech` beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

NAME = "shared/real-speech"
ROOT = Path(__file__).parents[1]


def recording(name: str) -> Path:
    """One of the files, such as `read/jfk.flac`. Skips the test where they are not."""
    for above in ROOT.parents:
        if (above / NAME / name).is_file():
            return above / NAME / name
    pytest.skip(f"{NAME}/{name} lies in no folder above {ROOT}")
