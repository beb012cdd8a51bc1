"""A script that comes with a recording over HTTP: where it lies, what is refused, and that it goes with the upload."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from aisubs.model import places
from aisubs.pipeline.mirror_results import read_whole
from tests.doors.http_door import Door, fault_of, open_door, recording

SCRIPT = "Guten Morgen, liebe Füchse."


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as door:
        yield door


def test_a_script_is_kept_beside_its_recording(door: Door) -> None:
    data = recording()
    offer = door.submit(data, script=SCRIPT)
    name = places.script_of(door.source(offer["job_id"]))
    assert read_whole(door.app.store, name).decode() == SCRIPT
    httpx.put(offer["upload"]["url"], content=data).raise_for_status()
    job = door.get(offer["job_id"]).json()
    assert job["options"] == {"script": sha256(SCRIPT.encode()).hexdigest()}
    assert job["alignment"] is None, "it is not its turn yet"


@pytest.mark.parametrize(
    ("script", "more", "code"),
    [
        ("", {}, "bad_script"),
        ("1\n00:00:01,000 --> 00:00:02,000\n\n", {}, "bad_script"),
        ("a\0b", {}, "bad_request"),
        ("x" * 900_001, {}, "bad_request"),
        ("words", {"audio_track": "each"}, "bad_request"),
        ("words", {"task": "translate"}, "bad_request"),
    ],
)
def test_what_is_no_script_is_refused_before_anything_is_sent(
    door: Door, script: str, more: dict[str, str], code: str
) -> None:
    said = {"filename": "talk.mp4", "file_size_bytes": 9, "script": script, **more}
    assert fault_of(door.http.post("/api/jobs/submit", json=said)) == (422, code)
    assert list(door.app.store.list()) == []


def test_the_script_of_an_upload_that_is_cancelled_goes_with_it(door: Door) -> None:
    offer = door.submit(script=SCRIPT)
    headers = {"Authorization": f"Bearer {offer['access_token']}"}
    assert door.http.delete(f"/api/jobs/{offer['job_id']}", headers=headers).status_code == 200
    assert list(door.app.store.list()) == []
