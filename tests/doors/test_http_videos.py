"""Videos with subtitles over HTTP: asked for, followed, downloaded in parts and by a link, deleted; and who may not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import pytest

from aisubs.cli.demo_sample import VIDEO
from aisubs.duties import copy_app
from aisubs.media.burn import can_burn
from tests.doors.http_door import Door, fault_of, open_door
from tests.doors.text_door import edit
from tests.scripted_engine import ScriptedEngine
from tests.speech import SAMPLE_RATE_HZ, write_audio
from tests.unit.test_mux import read_back


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path, edition="local") as door:
        yield door


def transcribed(door: Door, path: Path = VIDEO, filename: str = "talk.mp4") -> str:
    job_id = door.upload(path.read_bytes(), filename=filename, content_type="video/mp4")
    door.workshop.work(ScriptedEngine())
    return job_id


def ask(door: Door, job_id: str, **body: Any) -> httpx.Response:
    return door.http.post(f"/api/jobs/{job_id}/videos", json={"kind": "mux"} | body, headers=door.auth(job_id))


def asked(door: Door, job_id: str, **body: Any) -> dict[str, Any]:
    answer = ask(door, job_id, **body)
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def test_a_video_is_asked_for_made_and_downloaded(door: Door, tmp_path: Path) -> None:
    job_id = transcribed(door)
    video = asked(door, job_id, profile="bbc")
    assert (video["state"], video["progress"], video["url"]) == ("waiting", 0, None)
    path = f"/videos/{video['copy_id']}"
    assert fault_of(door.get(job_id, f"{path}/download")) == (409, "not_finished")
    assert copy_app(door.app, Event()) == 1
    made = door.get(job_id, path).json()
    assert (made["state"], made["progress"], made["filename"]) == ("completed", 100, "talk.en.subtitled.mp4")
    (seen,) = door.get(job_id, "/videos").json()["videos"]
    assert seen | {"url": made["url"]} == made, "and an address that is signed anew"
    whole = door.get(job_id, f"{path}/download")
    assert len(whole.content) == made["size_bytes"]
    assert whole.headers["content-disposition"].startswith("attachment;")
    assert whole.headers["content-type"] == "video/mp4"
    part = door.get(job_id, f"{path}/download", headers={"Range": "bytes=1000-1999"})
    assert (part.status_code, part.content) == (206, whole.content[1000:2000])
    assert door.get(job_id, f"{path}/download", headers={"Range": "bytes=999999999-"}).status_code == 416
    assert httpx.get(made["url"], headers={"Range": "bytes=0-9"}).content == whole.content[:10]
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(whole.content)
    assert len(read_back(copy)[1]) > 3


def test_after_a_correction_it_is_made_anew_when_asked_again(door: Door) -> None:
    job_id = transcribed(door)
    first = asked(door, job_id)
    copy_app(door.app, Event())
    assert asked(door, job_id)["state"] == "completed"
    edit(
        door,
        job_id,
        0,
        {"op": "name", "speaker": "S1", "name": "A"},
    )
    edit(
        door, job_id, 1, {"op": "addCue", "cue": {"id": "c", "start_ms": 0, "end_ms": 500, "text": "x", "kind": "text"}}
    )
    again = asked(door, job_id)
    assert (again["copy_id"], again["state"], again["revision"]) == (first["copy_id"], "waiting", 2)


def test_a_deleted_video_is_gone_with_its_bytes(door: Door) -> None:
    job_id = transcribed(door)
    video = asked(door, job_id)
    copy_app(door.app, Event())
    path = f"/api/jobs/{job_id}/videos/{video['copy_id']}"
    assert door.http.delete(path, headers=door.auth(job_id)).status_code == 204
    assert [found.name for found in door.app.store.list("results/") if "/videos/" in found.name] == []
    assert fault_of(door.http.delete(path, headers=door.auth(job_id))) == (404, "not_found")
    assert door.get(job_id, "/videos").json() == {"videos": []}


def test_what_is_refused_and_why(door: Door, tmp_path: Path) -> None:
    sound = write_audio(np.zeros(2 * SAMPLE_RATE_HZ, np.float32), tmp_path / "sound.m4a")
    alone, job_id = transcribed(door, sound, "sound.mp4"), transcribed(door)
    assert fault_of(ask(door, alone)) == (422, "no_picture")
    assert "sound" in ask(door, alone).json()["error"]["message"]
    assert fault_of(ask(door, job_id, profile="none")) == (422, "bad_request")
    assert fault_of(ask(door, job_id, language="de")) == (404, "translation_not_found")
    assert fault_of(ask(door, job_id, kind="film")) == (422, "bad_request")
    assert fault_of(door.get(job_id, f"/videos/{uuid4()}")) == (404, "not_found")
    assert fault_of(ask(door, door.submit()["job_id"])) == (409, "not_finished")


def test_a_link_with_everything_makes_none_and_sees_none(door: Door) -> None:
    job_id = transcribed(door)
    video = asked(door, job_id)
    copy_app(door.app, Event())
    terms = {"include_media": True, "include_history": True}
    made = door.http.post(f"/api/jobs/{job_id}/share", json=terms, headers=door.auth(job_id)).json()
    guest = {"Authorization": f"Bearer {made['token']}"}
    path = f"/api/jobs/{job_id}/videos"
    for method, where in (
        ("POST", ""),
        ("GET", ""),
        ("GET", f"/{video['copy_id']}/download"),
        ("DELETE", f"/{video['copy_id']}"),
    ):
        answer = door.http.request(
            method, path + where, headers=guest, json={"kind": "mux"} if method == "POST" else None
        )
        assert fault_of(answer) == (403, "read_only"), (method, where)


def test_where_they_are_made_is_told(database_url: str, tmp_path: Path) -> None:
    with open_door(database_url, tmp_path / "local", edition="local") as door:
        assert door.http.get("/api/config").json()["videos"] == (["mux", "burn"] if can_burn() else ["mux"])
    with open_door(database_url, tmp_path / "cloud") as door:
        assert door.http.get("/api/config").json()["videos"] == []
        job_id = transcribed(door)
        assert fault_of(ask(door, job_id)) == (503, "no_copies")
        assert door.get(job_id, "/videos").json() == {"videos": []}
        assert fault_of(door.get(job_id, f"/videos/{uuid4()}")) == (404, "not_found")
