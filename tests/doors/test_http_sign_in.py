"""Signing in by the link of the machine, and what a session opens and does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from aisubs.local.owner import own_this_machines_jobs
from aisubs.local.tokens import COMMAND_LINE, INBOX, OWNER, SIGN_IN, own_token
from aisubs.pipeline.jobs import hash_token
from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.scripted_engine import ScriptedEngine
from tests.speech import SAMPLE_VIDEO


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path, edition="local") as door:
        yield door


def bearer(*tokens: str) -> dict[str, str]:
    return {"Authorization": ", ".join(f"Bearer {token}" for token in tokens)}


def link_key(door: Door) -> str:
    return own_token(door.workshop.folder, SIGN_IN)


def sign_in(door: Door, device: str = "") -> str:
    answer = door.http.post("/api/sign-in", json={"key": link_key(door), "device": device})
    assert answer.status_code == 201, answer.text
    assert set(answer.json()) == {"token", "session_id", "expires_at"}
    return str(answer.json()["token"])


def listed(door: Door, *tokens: str) -> set[str]:
    answer = door.http.get("/api/jobs", headers=bearer(*tokens))
    assert answer.status_code == 200, answer.text
    return {job["job_id"] for job in answer.json()["jobs"]}


def dropped(door: Door, **more: Any) -> str:
    """A recording of the inbox, transcribed."""
    job_id = door.workshop.drop(SAMPLE_VIDEO, "talk.mp4", owner_id=OWNER, **more)
    door.workshop.work(ScriptedEngine())
    return job_id


def test_whoever_has_the_link_sees_plays_edits_and_deletes_what_was_dropped(door: Door) -> None:
    job_id = dropped(door)
    token = sign_in(door)
    assert token.startswith("own_")
    assert listed(door, token) == {job_id}
    by_body = door.http.post("/api/jobs/list", json={}, headers=bearer(token)).json()
    assert [job["source"] for job in by_body["jobs"]] == ["folder"]
    path, headers = f"/api/jobs/{job_id}", bearer(token)
    media = door.http.post(f"{path}/media", headers=headers).json()
    played = httpx.get(media["url"], headers={"Range": "bytes=0-9"})
    assert (played.status_code, played.content) == (206, SAMPLE_VIDEO.read_bytes()[:10])
    text = door.http.get(f"{path}/transcript", headers=headers).json()
    assert text["paragraphs"]
    named = {"operations": [{"op": "name", "speaker": "S1", "name": "Ada"}]}
    saved = door.http.post(f"{path}/revisions", json=named, headers=headers | {"If-Match": '"0"'})
    assert saved.status_code == 201, saved.text
    assert door.http.post(f"{path}/share", json={}, headers=headers).status_code == 201
    assert door.http.delete(path, headers=headers).status_code == 204
    assert listed(door, token) == set()


def test_what_is_uploaded_while_signed_in_is_the_machines(door: Door) -> None:
    token = sign_in(door)
    body = {"filename": "talk.wav", "file_size_bytes": 5}
    made = door.http.post("/api/jobs/submit", json=body, headers=bearer(token)).json()
    anonymous = door.submit(recording())
    assert listed(door, token) == {made["job_id"]}
    assert listed(door, made["access_token"]) == {made["job_id"]}
    assert listed(door, door.tokens[anonymous["job_id"]]) == {anonymous["job_id"]}
    assert door.workshop.row(made["job_id"])["owner_id"] == OWNER
    assert door.workshop.row(anonymous["job_id"])["owner_id"] is None


def test_what_earlier_releases_knew_by_the_machines_tokens_is_the_owners(door: Door) -> None:
    jobs = {purpose: door.workshop.drop(SAMPLE_VIDEO, f"{purpose}.mp4") for purpose in (INBOX, COMMAND_LINE, "other")}
    for purpose, job_id in jobs.items():
        known_by = hash_token(own_token(door.workshop.folder, purpose))
        door.workshop.sql("update aisubs.transcription_jobs set token_hash = %s where job_id = %s", known_by, job_id)
    token = sign_in(door)
    assert listed(door, token) == set()
    for _ in range(2):
        own_this_machines_jobs(door.app)
        assert listed(door, token) == {jobs[INBOX], jobs[COMMAND_LINE]}


@pytest.mark.parametrize("key", ["wrong", "x" * 43])
def test_a_wrong_key_signs_nobody_in(door: Door, key: str) -> None:
    answer = door.http.post("/api/sign-in", json={"key": key})
    assert fault_of(answer) == (403, "sign_in_refused")


@pytest.mark.parametrize("body", [{}, {"key": ""}, {"key": "ü"}, {"key": "x" * 300}, {"key": "x", "device": "x" * 101}])
def test_what_is_no_key(door: Door, body: dict[str, Any]) -> None:
    assert fault_of(door.http.post("/api/sign-in", json=body)) == (422, "bad_request")


def test_the_key_is_no_token(door: Door) -> None:
    job_id = dropped(door)
    assert fault_of(door.http.get(f"/api/jobs/{job_id}", headers=bearer(link_key(door)))) == (404, "job_not_found")
    assert fault_of(door.http.get("/api/sign-in", headers=bearer(link_key(door)))) == (401, "unauthorized")


def test_a_device_is_signed_out_without_the_others(door: Door) -> None:
    phone, laptop = sign_in(door, "Phone"), sign_in(door, "Laptop")
    seen = door.http.get("/api/sign-in", headers=bearer(laptop)).json()
    assert {(row["device"], row["current"]) for row in seen["sessions"]} == {("Phone", False), ("Laptop", True)}
    (other,) = [row["session_id"] for row in seen["sessions"] if not row["current"]]
    assert seen["session_id"] != other
    assert door.http.delete(f"/api/sign-in/{other}", headers=bearer(laptop)).status_code == 204
    assert fault_of(door.http.get("/api/jobs", headers=bearer(phone))) == (401, "signed_out")
    assert door.http.delete("/api/sign-in", headers=bearer(laptop)).status_code == 204
    assert fault_of(door.http.get("/api/sign-in", headers=bearer(laptop))) == (401, "signed_out")
    sign_in(door)  # the link still does


def test_signing_out_everywhere_ends_the_link_too(door: Door) -> None:
    before, phone, laptop = link_key(door), sign_in(door), sign_in(door)
    assert door.http.delete("/api/sign-in", params={"all": "true"}, headers=bearer(laptop)).status_code == 204
    for token in (phone, laptop):
        assert fault_of(door.http.get("/api/jobs", headers=bearer(token))) == (401, "signed_out")
    assert fault_of(door.http.post("/api/sign-in", json={"key": before})) == (403, "sign_in_refused")
    assert link_key(door) != before
    sign_in(door)


def test_the_link_is_shown_to_whoever_is_signed_in_alone(door: Door) -> None:
    assert fault_of(door.http.get("/api/sign-in/link")) == (401, "unauthorized")
    shown = door.http.get("/api/sign-in/link", headers=bearer(sign_in(door))).json()
    assert shown == {"url": f"{door.http.base_url}/#key={link_key(door)}".replace("//#", "/#"), "reach": "machine"}


def test_a_one_time_key_signs_in_once(door: Door) -> None:
    identity: Any = door.app.identity
    key = identity.link.one_time_url("").removeprefix("/#key=")
    assert door.http.post("/api/sign-in", json={"key": key}).status_code == 201
    assert fault_of(door.http.post("/api/sign-in", json={"key": key})) == (403, "sign_in_refused")


def test_every_route_refuses_a_session_that_is_over(door: Door) -> None:
    """With any other token beside it: the page learns that it has to sign in again."""
    job_id = door.submit()["job_id"]
    over = bearer("own_" + "x" * 43, door.tokens[job_id])
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/media"), ("GET", "/share"), ("GET", "/windows")):
        answer = door.http.request(method, f"/api/jobs/{job_id}{path}", headers=over)
        assert fault_of(answer) == (401, "signed_out"), path
    body = {"filename": "talk.wav", "file_size_bytes": 5}
    assert fault_of(door.http.post("/api/jobs/submit", json=body, headers=over)) == (401, "signed_out")


def test_nobody_signs_in_to_the_cloud_edition(database_url: str, tmp_path: Path) -> None:
    with open_door(database_url, tmp_path) as door:
        assert door.http.get("/api/config").json()["sign_in"]["link"] is False
        assert fault_of(door.http.post("/api/sign-in", json={"key": "x"})) == (404, "sign_in_unavailable")
        assert fault_of(door.http.get("/api/jobs", headers=bearer("own_x"))) == (401, "signed_out")


def test_the_page_learns_that_one_can_sign_in(door: Door) -> None:
    ways_in = {"link": True, "anonymous": True, "oidc": None, "supabase": None}
    assert door.http.get("/api/config").json()["sign_in"] == ways_in
