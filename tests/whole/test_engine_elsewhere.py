"""One edition hears for another: the second is killed in the middle of a recording and goes on to the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.whole.conftest import Clip
from tests.whole.edition import RIGHT, Up, Upload, running, share_heard


@pytest.fixture
def asking(up: Up, tmp_path: Path) -> Iterator[Up]:
    """An edition without a model of its own."""
    elsewhere = {"MODEL": "openai:whisper-1", "HEARING_URL": f"{up.url}/v1", "HEARING_KEY": "any word"}
    with running(tmp_path / "asking", **elsewhere, HEARING_AT_ONCE="2") as asking:
        yield asking


def test_a_whole_job_is_heard_elsewhere_killed_and_resumed(asking: Up, long_one: Clip) -> None:
    upload = Upload(asking, "long.m4a", long_one.data).send()
    before = upload.wait_for_progress(20)["windows"]
    asking.kill_everything()
    asking.start()
    upload.up = asking
    job = upload.wait("completed")
    assert job["windows"] > before
    assert job["language"] == "en"
    killed = upload.downloads()
    assert share_heard(killed["srt"].decode().replace("-->", ""), long_one.words) >= RIGHT
    assert upload.download("json").count(b'"model": "openai:whisper-1"') == 1
    upload.delete()
    again = Upload(asking, "long.m4a", long_one.data).send()
    again.wait("completed")
    assert again.downloads() == killed, "undisturbed it is the same, byte for byte"
    for one in (upload, again):
        one.close()
