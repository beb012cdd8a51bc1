"""A link shows the text as it is now. What its owner took out could once be read by `?revision=0`, in the windows, the
history and old downloads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doors.http_door import Door, fault_of, open_door
from tests.doors.text_door import edit
from tests.scripted_engine import ScriptedEngine
from tests.speech import SAMPLE_VIDEO


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as door:
        yield door


OLDER = (
    "/transcript?revision=0",
    "/cues?revision=0",
    "/windows",
    "/revisions",
    *(f"/download/{name}?revision=0" for name in ("srt", "txt", "json", "docx")),
)
NEWEST = (
    "/transcript",
    "/cues",
    "/download/txt",
    "/download/json",
    "/transcript?revision=1",
    "/download/srt?revision=1",
)


def test_what_was_taken_out_is_not_read_by_a_link(door: Door) -> None:
    job_id = door.upload(SAMPLE_VIDEO.read_bytes(), filename="talk.mp4", content_type="video/mp4")
    door.workshop.work(ScriptedEngine())
    said = door.get(job_id, "/transcript").json()
    secret = said["paragraphs"][0]["text"].split()[0]
    assert secret in door.get(job_id, "/download/txt").text
    made = door.http.post(f"/api/jobs/{job_id}/share", json={}, headers=door.auth(job_id)).json()
    guest = {"Authorization": f"Bearer {made['token']}"}
    for path in OLDER:
        if path != "/revisions":
            assert door.http.get(f"/api/jobs/{job_id}{path}", headers=guest).status_code == 200
    gone = {"op": "splice", "remove": [paragraph["id"] for paragraph in said["paragraphs"]]}
    assert edit(door, job_id, 0, gone) == 1
    for path in OLDER:
        assert door.get(job_id, path).status_code == 200
        assert fault_of(door.http.get(f"/api/jobs/{job_id}{path}", headers=guest)) == (403, "history_not_shared")
    for path in NEWEST:
        shown = door.http.get(f"/api/jobs/{job_id}{path}", headers=guest)
        assert (shown.status_code, secret in shown.text) == (200, False), path


def test_a_link_made_with_the_history_shows_it(door: Door) -> None:
    job_id = door.upload(SAMPLE_VIDEO.read_bytes(), filename="talk.mp4", content_type="video/mp4")
    door.workshop.work(ScriptedEngine())
    made = door.http.post(f"/api/jobs/{job_id}/share", json={"include_history": True}, headers=door.auth(job_id)).json()
    assert made["include_history"] is True
    guest = {"Authorization": f"Bearer {made['token']}"}
    assert door.http.get("/api/shared", headers=guest).json()["share"]["include_history"] is True
    said = door.get(job_id, "/transcript").json()
    edit(door, job_id, 0, {"op": "splice", "remove": [paragraph["id"] for paragraph in said["paragraphs"]]})
    for path in OLDER:
        assert door.http.get(f"/api/jobs/{job_id}{path}", headers=guest).status_code == 200, path
    back = door.http.post(
        f"/api/jobs/{job_id}/revisions/restore", json={"revision": 0}, headers=guest | {"If-Match": '"1"'}
    )
    assert fault_of(back) == (403, "read_only")
