"""One edition for all tests that leave it alive; tests that kill it start their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.speech import long_recording, write_audio
from tests.whole.edition import FORMATS, Up, Upload, running


@dataclass(frozen=True)
class Clip:
    """The bytes of a recording and the words in it."""

    data: bytes
    words: list[str]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.whole)


@pytest.fixture(scope="session")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A running edition that accepts many uploads."""
    with running(tmp_path_factory.mktemp("edition"), QUEUE_CAPACITY="100", MAX_UPLOAD_BYTES=str(20_000_000)) as up:
        yield up


@pytest.fixture(scope="session")
def real_up(tmp_path_factory: pytest.TempPathFactory, base_model: Path) -> Iterator[Up]:
    """A running edition with Whisper base, for claims about words; `up` has the toy, which is quick."""
    with running(tmp_path_factory.mktemp("real"), MODEL=str(base_model)) as up:
        yield up


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """A short video with a few sentences."""
    recording = long_recording(6.0, seed=4)
    path = write_audio(recording.blocks(), tmp_path_factory.mktemp("clip") / "clip.mp4")
    return Clip(path.read_bytes(), recording.words)


@pytest.fixture(scope="session")
def long_one(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """Three minutes, some ten windows: long enough to be interrupted more than once."""
    recording = long_recording(180.0, seed=11)
    path = write_audio(recording.blocks(), tmp_path_factory.mktemp("long") / "long.m4a")
    return Clip(path.read_bytes(), recording.words)


@pytest.fixture(scope="session")
def undisturbed(up: Up, long_one: Clip) -> dict[str, bytes]:
    """The transcript of the long recording as it comes out when nobody interferes, by format."""
    upload = Upload(up, "long.m4a", long_one.data).send()
    upload.wait("completed")
    transcript = upload.downloads()
    upload.delete()  # or the next one of equal content would be answered with this very result
    upload.close()
    assert set(transcript) == set(FORMATS)
    return transcript
