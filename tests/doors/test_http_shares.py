"""Links over HTTP: what their holders may read, and that no route of the API lets them change anything."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from aisubs.http import Watchers, create_http
from aisubs.pipeline.jobs import hash_token
from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.doors.test_http_jobs import Lines
from tests.scripted_engine import ScriptedEngine
from tests.speech import SAMPLE_VIDEO

VAPID = {
    "vapid_private_key": base64.urlsafe_b64encode(b"\x01" * 32).rstrip(b"=").decode(),
    "vapid_subject": "mailto:nobody@example.org",
    "push_hosts": "push.example",
}


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path, **VAPID) as door:
        yield door


@pytest.fixture
def completed(door: Door) -> str:
    job_id = door.upload(SAMPLE_VIDEO.read_bytes(), filename="talk.mp4", content_type="video/mp4")
    door.workshop.work(ScriptedEngine())
    return job_id


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def share(door: Door, job_id: str, **terms: Any) -> dict[str, Any]:
    answer = door.http.post(f"/api/jobs/{job_id}/share", json=terms, headers=door.auth(job_id))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def shares(door: Door, job_id: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = door.get(job_id, "/share").json()["shares"]
    return listed


def opened(door: Door, token: str) -> httpx.Response:
    return door.http.get("/api/shared", headers=bearer(token))


# ── making, listing, opening, revoking ───────────────────────────────────────────────────────────────────────────────


def test_a_link_is_made_opened_counted_and_revoked(door: Door, completed: str) -> None:
    made = share(door, completed, expires_in_s=86_400)
    terms = {"share_id", "created_at", "expires_at", "include_media", "include_history"}
    assert set(made) == {*terms, "token", "reach"}
    assert len(made["token"]) >= 43
    lasts = datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created_at"])
    assert lasts == timedelta(days=1)
    for _ in range(2):
        answer = opened(door, made["token"])
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
    own, seen = door.get(completed).json(), answer.json()
    assert seen["share"] == {"expires_at": made["expires_at"], "include_media": False, "include_history": False}
    assert seen["job"].pop("watch_topic") != own.pop("watch_topic")
    assert seen["job"] == own
    assert shares(door, completed) == [{name: made[name] for name in terms} | {"opened": 2, "revoked_at": None}]
    gone = door.http.delete(f"/api/jobs/{completed}/share/{made['share_id']}", headers=door.auth(completed))
    assert (gone.status_code, gone.content) == (204, b"")
    assert shares(door, completed)[0]["revoked_at"] is not None
    assert fault_of(opened(door, made["token"])) == (410, "share_over")


def test_a_link_may_last_as_long_as_the_job(door: Door, completed: str) -> None:
    made = share(door, completed, expires_in_s=None, include_media=True)
    ends = door.get(completed).json()["expires_at"]
    assert datetime.fromisoformat(made["expires_at"]) == datetime.fromisoformat(ends)
    assert made["include_media"] is True
    door.delete(completed)
    assert fault_of(opened(door, made["token"])) == (410, "share_over")


TERMS: list[dict[str, Any]] = [
    {"expires_in_s": 59},
    {"expires_in_s": 0},
    {"expires_in_s": -1},
    {"expires_in_s": 10**12},
    {"expires_in_s": "long"},
    {"include_media": "perhaps"},
    {"token": "mine"},
]


@pytest.mark.parametrize("terms", TERMS, ids=str)
def test_terms_that_make_no_sense(door: Door, terms: dict[str, Any]) -> None:
    job_id = door.submit()["job_id"]
    answer = door.http.post(f"/api/jobs/{job_id}/share", json=terms, headers=door.auth(job_id))
    assert fault_of(answer) == (422, "bad_request")
    assert shares(door, job_id) == []


def test_who_opens_nothing(door: Door) -> None:
    job_id = door.submit()["job_id"]
    assert fault_of(door.http.get("/api/shared")) == (401, "unauthorized")
    for token in ("never-made", door.tokens[job_id]):
        assert fault_of(opened(door, token)) == (410, "share_over")
    unknown = door.http.delete(f"/api/jobs/{job_id}/share/nothing", headers=door.auth(job_id))
    assert fault_of(unknown) == (404, "not_found")


def test_tokens_reach_neither_log_nor_database(door: Door, completed: str) -> None:
    lines = Lines()
    import logging

    root = logging.getLogger()
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    try:
        token = share(door, completed)["token"]
        opened(door, token)
    finally:
        root.removeHandler(lines)
        root.setLevel(level)
    assert any("http.request" in line for line in lines.lines)
    assert [line for line in lines.lines if token in line] == []
    stored = json.dumps(rows(door), default=str)
    assert token not in stored
    assert hash_token(token) in stored
    assert token not in door.get(completed, "/share").text


def rows(door: Door) -> list[Any]:
    import psycopg

    with psycopg.connect(door.workshop.url) as connection:
        return connection.execute("select * from aisubs.job_shares").fetchall()


# ── reading by a link ────────────────────────────────────────────────────────────────────────────────────────────────

READS = (
    "",
    "/windows",
    "/transcript",
    "/revisions",
    "/cues?profile=netflix",
    "/download/srt",
    "/download/txt?revision=0",
    "/download/vtt?profile=netflix",
)


def test_a_guest_reads_what_the_owner_reads(door: Door, completed: str) -> None:
    token = share(door, completed)["token"]
    for path in (path for path in READS[1:] if path != "/revisions"):
        own = door.get(completed, path)
        seen = door.http.get(f"/api/jobs/{completed}{path}", headers=bearer(token))
        assert (own.status_code, seen.status_code) == (200, 200), path
        assert seen.content == own.content
    tag = {"If-None-Match": door.http.get(f"/api/jobs/{completed}", headers=bearer(token)).headers["etag"]}
    assert door.http.get(f"/api/jobs/{completed}", headers=bearer(token) | tag).status_code == 304


def test_a_page_that_is_open_learns_that_its_link_is_over(door: Door, completed: str) -> None:
    revoked, expired = share(door, completed, include_media=True), share(door, completed, include_media=True)
    door.http.delete(f"/api/jobs/{completed}/share/{revoked['share_id']}", headers=door.auth(completed))
    door.workshop.sql("update aisubs.job_shares set expires_at = now() where share_id = %s", expired["share_id"])
    for made in (revoked, expired):
        for path in READS:
            answer = door.http.get(f"/api/jobs/{completed}{path}", headers=bearer(made["token"]))
            assert fault_of(answer) == (410, "share_over"), path
        media = door.http.post(f"/api/jobs/{completed}/media", headers=bearer(made["token"]))
        assert fault_of(media) == (410, "share_over")
        other = door.http.get(f"/api/jobs/{door.submit()['job_id']}", headers=bearer(made["token"]))
        assert fault_of(other) == (404, "job_not_found")


def test_the_recording_is_shared_only_on_purpose(door: Door, completed: str) -> None:
    def media(made: dict[str, Any]) -> httpx.Response:
        return door.http.post(f"/api/jobs/{completed}/media", headers=bearer(made["token"]))

    assert fault_of(media(share(door, completed))) == (403, "recording_not_shared")
    given = media(share(door, completed, include_media=True, expires_in_s=600)).json()
    left = datetime.fromisoformat(given["expires_at"]) - datetime.now(UTC)
    assert timedelta() < left <= timedelta(seconds=600)  # no longer than the link itself
    assert httpx.get(given["url"], headers={"Range": "bytes=0-9"}).content == SAMPLE_VIDEO.read_bytes()[:10]


def test_lists_are_never_by_links(door: Door, completed: str) -> None:
    made = share(door, completed)
    empty = {"jobs": [], "total": 0, "page": 1, "per_page": 10, "gone": [], "totals": None}
    assert door.http.get("/api/jobs", headers=bearer(made["token"])).json() == empty
    asked = {"jobs": [{"job_id": completed, "access_token": made["token"]}], "tokens": [made["token"]]}
    assert door.http.post("/api/jobs/list", json=asked).json() == empty | {"gone": [completed]}
    door.http.delete(f"/api/jobs/{completed}/share/{made['share_id']}", headers=door.auth(completed))
    assert door.http.post("/api/jobs/list", json=asked).json() == empty | {"gone": [completed]}


# ── writing by a link ────────────────────────────────────────────────────────────────────────────────────────────────

BODIES: dict[str, Any] = {
    "POST /api/jobs/{job_id}/share": {"include_media": True},
    "POST /api/jobs/{job_id}/revisions": {"operations": [{"op": "name", "speaker": "S1", "name": "Eve"}]},
    "POST /api/jobs/{job_id}/revisions/restore": {"revision": 0},
    "POST /api/jobs/{job_id}/speakers": {"num_speakers": 2},
    "POST /api/jobs/{job_id}/translations": {"language": "de"},
    "PUT /api/jobs/{job_id}/translations/{language}/sentences/{seq}": {"text": "x"},
    "POST /api/jobs/{job_id}/videos": {"kind": "mux"},
    "POST /api/jobs/{job_id}/voices/decline": {"speaker": "S1"},
    "PATCH /api/jobs/{job_id}": {"title": "Eve's"},
}
_DEVICE = {
    "subscription": {
        "endpoint": "https://push.example/x",
        "keys": {
            "p256dh": base64.urlsafe_b64encode(b"\x04" * 65).decode(),
            "auth": base64.urlsafe_b64encode(b"\x04" * 16).decode(),
        },
    }
}
BODIES |= {"POST /api/jobs/{job_id}/push": _DEVICE, "DELETE /api/jobs/{job_id}/push": _DEVICE}

READING = {"POST /api/jobs/{job_id}/media": "changes nothing; whether a guest may is said by include_media"}

NOT_OF_A_JOB = {
    "POST /api/jobs/submit": "makes a job of the caller's own",
    "POST /api/jobs/list": "reads, and never by links: test_lists_are_never_by_links",
    "POST /api/jobs/check-stale": "is not there for anybody but the scheduler",
    "POST /api/jobs/download": "reads, and of what one owns alone",
    "POST /api/sign-in": "asks for the key of the machine's owner",
    "DELETE /api/sign-in": "the same",
    "DELETE /api/sign-in/{session_id}": "the same",
    "POST /api/sign-in/oidc": "asks an identity provider, and a link is none",
    "POST /api/sign-in/supabase": "the same",
    "DELETE /api/account": "is for whoever is signed in: test_http_accounts",
    "POST /api/keys": "is for whoever is signed in: test_rights_accounts",
    "DELETE /api/keys/{key_id}": "the same",
    "POST /api/webhooks": "is the owner's, and a link owns nothing: test_http_webhooks",
    "DELETE /api/webhooks/{webhook_id}": "the same",
    "POST /api/webhooks/{webhook_id}/rotate": "the same",
    "POST /api/webhooks/{webhook_id}/test": "the same",
    "PUT /api/voices": "is the owner's, and a link owns nothing: test_http_voices",
    "DELETE /api/voices": "the same",
    "DELETE /api/voices/{voice_id}": "the same",
    "PUT /api/admin/paused": "is for administrators: test_http_admin",
    "PUT /api/admin/limits/{owner_id}": "the same",
    "POST /api/admin/jobs/{job_id}/raise": "the same",
    "POST /api/admin/jobs/{job_id}/fail": "the same",
    "POST /api/admin/jobs/{job_id}/retry": "the same",
    "DELETE /api/admin/jobs/{job_id}": "the same",
    "POST /api/library/claim": "takes what one owns, and a link owns nothing",
    "POST /api/estimate": "reads what everybody may",
    "PUT /upload/{session_id}": "asks for the secret of the upload, which no link holds",
    "POST /upload/{session_id}": "the same",
    "DELETE /upload/{session_id}": "the same",
}
"""Routes that write, or might, but not to the job that a link leads to; why each is no matter here."""


def routes_of(http: FastAPI) -> set[str]:
    """METHOD path of every route that is not for reading, whether it is described or not."""
    found = set()
    waiting: list[Any] = list(http.routes)
    while waiting:
        route = waiting.pop()
        inner = getattr(route, "original_router", route)  # what include_router leaves
        waiting += getattr(inner, "routes", [])
        if isinstance(route, APIRoute):
            found |= {f"{method} {route.path}" for method in route.methods - {"GET", "HEAD", "OPTIONS"}}
    described = {f"{method.upper()} {path}" for path, known in http.openapi()["paths"].items() for method in known}
    assert {route for route in described if not route.startswith(("GET ", "HEAD "))} <= found
    assert len(found) > 10
    return found


def snapshot(door: Door) -> dict[str, list[Any]]:
    """All that is stored, apart from how often a link was opened."""
    import psycopg

    with psycopg.connect(door.workshop.url) as connection:
        tables = connection.execute("select tablename from pg_tables where schemaname = 'aisubs' order by 1").fetchall()
        return {
            name: connection.execute(f"select to_jsonb(t) - 'last_seen' - 'opened' from aisubs.{name} t").fetchall()
            for (name,) in tables
        }


STATES = ("uploading", "pending", "completed", "failed", "cancelled")


@pytest.fixture
def jobs(door: Door, completed: str) -> dict[str, str]:
    made = {"completed": completed, "failed": door.upload(b"no recording" * 50, filename="talk.mp4")}
    made["cancelled"] = door.upload(recording())
    door.delete(made["cancelled"])
    made |= {"pending": door.upload(recording()), "uploading": door.submit()["job_id"]}
    assert {state: door.status(job_id) for state, job_id in made.items()} == {state: state for state in STATES}
    return made


def test_no_route_lets_a_guest_change_anything(door: Door, jobs: dict[str, str]) -> None:
    """Every route that is there, so that nobody forgets a new one: it is refused, or it stands above with a reason."""
    everything = routes_of(create_http(door.app, watchers=Watchers()))
    of_a_job = everything - set(NOT_OF_A_JOB) - set(READING)
    assert {"DELETE /api/jobs/{job_id}/share/{share_id}", "POST /api/jobs/{job_id}/retry"} <= of_a_job
    assert all("{job_id}" in route for route in of_a_job), "a new route: does it change a job?"
    tokens = {state: share(door, job_id, include_media=True)["token"] for state, job_id in jobs.items()}
    known = {state: shares(door, job_id)[0]["share_id"] for state, job_id in jobs.items()}
    before = snapshot(door)
    for route in sorted(of_a_job):
        method, path = route.split()
        for state, job_id in jobs.items():
            url = path.format(job_id=job_id, share_id=known[state], copy_id=job_id, language="de", seq=0)
            headers = bearer(tokens[state]) | {"If-Match": '"0"'}
            answer = door.http.request(method, url, json=BODIES.get(route), headers=headers)
            assert fault_of(answer) == (403, "read_only"), f"{route} of a job that is {state}"
    refused = door.http.get(f"/api/jobs/{jobs['completed']}/share", headers=bearer(tokens["completed"]))
    assert fault_of(refused) == (403, "read_only")  # who else has links is none of a guest's business
    assert snapshot(door) == before


def test_a_link_that_is_over_is_refused_as_such_everywhere(door: Door, jobs: dict[str, str]) -> None:
    made = share(door, jobs["failed"], include_media=True)
    door.workshop.sql("update aisubs.job_shares set expires_at = now()")
    for route in sorted(routes_of(create_http(door.app)) - set(NOT_OF_A_JOB)):
        method, path = route.split()
        url = path.format(
            job_id=jobs["failed"], share_id=made["share_id"], copy_id=jobs["failed"], language="de", seq=0
        )
        headers = bearer(made["token"]) | {"If-Match": '"0"'}
        answer = door.http.request(method, url, json=BODIES.get(route), headers=headers)
        assert fault_of(answer) == (410, "share_over"), route


def test_what_is_no_matter_of_a_job_stays_so(door: Door, completed: str) -> None:
    """The reasons given above."""
    headers = bearer(share(door, completed, include_media=True)["token"])
    body = {"filename": "a.wav", "file_size_bytes": 5, "video_hash": "5" * 64}
    submitted = door.http.post("/api/jobs/submit", json=body, headers=headers)
    assert (submitted.status_code, submitted.json()["cached"]) == (201, False)
    assert submitted.json()["job_id"] != completed
    assert fault_of(door.http.post("/api/jobs/check-stale", headers=headers)) == (404, "not_found")
    link = {"job_id": completed, "access_token": headers["Authorization"].removeprefix("Bearer ")}
    bundle = door.http.post("/api/jobs/download", json={"job_ids": [completed], "format": "srt"}, headers=headers)
    assert fault_of(bundle) == (409, "not_finished")
    library = bearer("lib_" + "q" * 26)
    claimed = door.http.post("/api/library/claim", json={"jobs": [link], "revoke": True}, headers=library)
    assert claimed.json() == {"claimed": 0}
    assert fault_of(door.http.post("/api/library/claim", json={}, headers=headers)) == (401, "unauthorized")
    guess = f"/upload/{completed}.{os.urandom(8).hex()}"
    for method in ("PUT", "POST"):
        assert fault_of(door.http.request(method, guess, headers=headers)) == (410, "upload_gone")
    assert door.http.delete(guess, headers=headers).status_code == 499  # as for any session that is not there
