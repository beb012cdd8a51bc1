"""Jobs over HTTP: who may see what, what is refused and how it is told."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from aisubs.http import create_http
from aisubs.pipeline.jobs import Holder
from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.http_server import serve, until
from tests.scripted_engine import ScriptedEngine
from tests.speech import SAMPLE_VIDEO


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as door:
        yield door


# ── submit ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_submit_upload_and_wait_in_line(door: Door) -> None:
    data = recording()
    offer = door.submit(data, filename="Gr\u00fc\u00dfe \U0001f3a4.WAV", language="EN")
    assert offer["status"] == "uploading"
    assert (offer["cached"], offer["cached_at"]) == (False, None)
    assert len(offer["access_token"]) >= 43
    assert offer["upload"]["url"].startswith(str(door.http.base_url))
    assert httpx.put(offer["upload"]["url"], content=data).status_code == 200
    until(lambda: door.woken)
    job = door.get(offer["job_id"]).json()
    assert (job["status"], job["position"], job["source"]) == ("pending", 1, "web")
    assert (job["filename"], job["options"]) == ("Gr\u00fc\u00dfe \U0001f3a4.WAV", {"language": "en"})
    assert job["duration_ms"] == 500
    assert [item.name for item in door.app.store.list()] == [door.source(offer["job_id"])]


def test_the_fourth_is_told_when_to_come_back(door: Door) -> None:
    for _ in range(3):
        door.upload(recording())
    answer = door.http.post("/api/jobs/submit", json={"filename": "d.mp4", "file_size_bytes": 1})
    assert fault_of(answer) == (429, "queue_full")
    assert answer.json()["error"]["retryable"] is True
    assert "3 of 3" in answer.json()["error"]["message"]
    assert int(answer.headers["retry-after"]) > 0
    assert len(list(door.app.store.list())) == 3


def test_three_announcements_without_bytes_keep_nobody_out(door: Door) -> None:
    for _ in range(3):
        door.submit()
    fourth = door.upload(recording())
    assert (door.status(fourth), door.get(fourth).json()["position"]) == ("pending", 1)


def test_fifty_at_once_of_one_sender_are_ten(door: Door) -> None:
    def submit(number: int) -> int:
        body = {"filename": f"{number}.mp4", "file_size_bytes": 1}
        return httpx.post(f"{door.http.base_url}/api/jobs/submit", json=body, timeout=60).status_code

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(submit, range(50)))
    assert sorted(set(answers)) == [201, 429]
    assert answers.count(201) == door.app.uploads_per_owner == 10
    assert door.http.get("/api/queue").json()["uploading"] == 10
    refused = door.http.post("/api/jobs/submit", json={"filename": "51.mp4", "file_size_bytes": 1})
    assert fault_of(refused) == (429, "too_many_uploads")
    assert "10 uploads are under way" in refused.json()["error"]["message"]
    assert int(refused.headers["retry-after"]) > 0


def senders(url: str, *forwarded: str) -> list[int]:
    """What the API answers when something is announced from behind these proxies."""
    body = {"filename": "talk.mp4", "file_size_bytes": 1}
    return [
        httpx.post(f"{url}/api/jobs/submit", json=body, headers={"X-Forwarded-For": entries}, timeout=60).status_code
        for entries in forwarded
    ]


def test_senders_are_told_apart_by_what_our_own_proxy_says(database_url: str, tmp_path: Path) -> None:
    """Whatever else stands in the header was sent along by whoever asks."""
    with open_door(database_url, tmp_path, uploads_per_owner=1, proxy_hops=2) as door:
        url = str(door.http.base_url)
        ours = "10.0.0.1"
        assert senders(url, f"192.0.2.1, {ours}", f"192.0.2.2, {ours}") == [201, 201]
        assert senders(url, f"203.0.113.7, 192.0.2.1, {ours}", f"::ffff:192.0.2.1, {ours}") == [429, 429]
        assert senders(url, f"2001:db8:1:2::a, {ours}", f"2001:db8:1:2:ffff::b, {ours}") == [201, 429], "one household"
        assert senders(url, f"2001:db8:1:3::a, {ours}", f"fe80::1%eth0, {ours}", f"unknown, {ours}") == [201, 201, 201]


def test_ten_recordings_at_once_on_one_machine(door: Door) -> None:
    app = replace(door.app, edition="local")
    with serve(create_http(app)) as url:
        body = {"filename": "talk.wav", "file_size_bytes": len(data := recording())}
        offers = [httpx.post(f"{url}/api/jobs/submit", json=body, timeout=60) for _ in range(10)]
        assert {offer.status_code for offer in offers} == {201}
        assert {httpx.put(offer.json()["upload"]["url"], content=data).status_code for offer in offers} == {200}
        state = httpx.get(f"{url}/api/queue").json()
        assert (state["pending"], state["uploading"], state["capacity"]) == (10, 0, 100)
        limits = httpx.get(f"{url}/api/config").json()["limits"]
        assert (limits["queue_capacity"], limits["uploads_per_owner"]) == (100, 100)


SUBMISSIONS: list[tuple[dict[str, Any], int, str]] = [
    ({"file_size_bytes": 0}, 422, "empty_file"),
    ({"file_size_bytes": -5}, 422, "empty_file"),
    ({"file_size_bytes": 10 * 1024**3 + 1}, 413, "too_big"),
    ({"file_size_bytes": 10**30}, 413, "too_big"),
    ({"file_size_bytes": "many"}, 422, "bad_request"),
    ({"filename": ""}, 422, "bad_request"),
    ({"filename": "../.."}, 422, "bad_name"),
    ({"filename": "\u202e\u200f \x00"}, 422, "bad_name"),
    ({"filename": "x" * 5000}, 422, "bad_request"),
    ({"language": "klingon"}, 422, "bad_language"),
    ({"languages": ["de", "klingon"]}, 422, "bad_language"),
    ({"language": "fr", "languages": ["de", "en"]}, 422, "bad_request"),
    ({"task": "sing"}, 422, "bad_request"),
    ({"min_speakers": 4, "max_speakers": 2}, 422, "bad_request"),
    ({"num_speakers": 2, "diarize": False}, 422, "bad_request"),
    ({"num_speakers": 2, "audio_track": "each"}, 422, "bad_request"),
    ({"num_speakers": 2}, 503, "no_diarizer"),
    ({"diarize": True}, 503, "no_diarizer"),
    ({"cue_profile": "hollywood"}, 422, "bad_request"),
    ({"initial_prompt": "a\0b"}, 422, "bad_request"),
    ({"initial_prompt": "x" * 801}, 422, "bad_request"),
    ({"model": "/etc"}, 422, "bad_request"),
    ({"video_hash": "123"}, 422, "bad_request"),
    ({"status": "completed"}, 422, "bad_request"),
    ({"retry_count": -9}, 422, "bad_request"),
]


def test_submissions_that_are_refused(door: Door) -> None:
    for said, status, code in SUBMISSIONS:
        answer = door.http.post("/api/jobs/submit", json={"filename": "a.mp4", "file_size_bytes": 5} | said)
        assert fault_of(answer) == (status, code), said
        assert answer.json()["error"]["message"].endswith(".")
        assert answer.json()["error"]["retryable"] is False
    assert door.http.get("/api/queue").json()["uploading"] == 0


def test_limits_and_reasons_are_told_in_words(door: Door) -> None:
    def message(**said: Any) -> str:
        body = {"filename": "a.mp4", "file_size_bytes": 5} | said
        return str(door.http.post("/api/jobs/submit", json=body).json()["error"]["message"])

    assert "10 GiB" in message(file_size_bytes=10 * 1024**3 + 1)
    assert "klingon" in message(language="klingon")
    assert "min_speakers is larger than max_speakers" in message(min_speakers=4, max_speakers=2)
    assert "does not lie between" in message(num_speakers=4, max_speakers=2)
    assert "where diarize is false" in message(max_speakers=2, diarize=False)
    assert "`aisubs models download speakers`" in message(max_speakers=2)
    assert "file_size_bytes" in message(file_size_bytes="many")


NAMES = {
    "../../etc/passwd.mp4": "passwd.mp4",
    "C:\\Users\\me\\talk.mp4": "talk.mp4",
    'it\'s a "quoted" name.mp4': 'it\'s a "quoted" name.mp4',
    "\u202egpj.exe\u202c.mp4": "gpj.exe.mp4",
    "\u200f\u05e9\u05dc\u05d5\u05dd.mp3": "\u200f\u05e9\u05dc\u05d5\u05dd.mp3",
    "cafe\u0301.mp4": "caf\u00e9.mp4",
    "a\r\nSet-Cookie: x.mp4": "aSet-Cookie: x.mp4",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467.mov": "\U0001f468\u200d\U0001f469\u200d\U0001f467.mov",
    "\u6f22" * 200 + ".mp4": "\u6f22" * 83 + ".mp4",
}


def test_names_are_cleaned_for_show_and_never_become_paths(door: Door) -> None:
    for given, shown in NAMES.items():
        job_id = door.upload(recording(0.1), filename=given)
        assert door.get(job_id).json()["filename"] == shown
        [stored] = door.app.store.list()
        assert stored.name == door.source(job_id)
        assert stored.name.endswith(f"/source.{shown.rpartition('.')[2]}")
        door.delete(job_id)
        door.delete(job_id)


def test_an_idempotency_key_gives_the_same_answer(door: Door) -> None:
    key = str(uuid4())
    body = {"filename": "a.wav", "file_size_bytes": 5}
    first = door.http.post("/api/jobs/submit", json=body, headers={"Idempotency-Key": key})
    again = door.http.post("/api/jobs/submit", json=body, headers={"Idempotency-Key": key})
    assert (first.status_code, again.status_code) == (201, 201)
    for name in ("job_id", "access_token"):
        assert first.json()[name] == again.json()[name]
    assert door.http.get("/api/queue").json()["uploading"] == 1
    assert httpx.put(again.json()["upload"]["url"], content=b"12345").status_code == 200
    late = door.http.post("/api/jobs/submit", json=body, headers={"Idempotency-Key": key})
    assert (late.status_code, late.json()["upload"]) == (201, None)
    assert fault_of(door.http.post("/api/jobs/submit", json=body, headers={"Idempotency-Key": "short"}))[0] == 422


def test_a_store_that_is_down_leaves_no_job_behind(door: Door, tmp_path: Path) -> None:
    sessions = tmp_path / "store/sessions"
    sessions.rmdir()
    sessions.write_text("in the way")
    answer = door.http.post("/api/jobs/submit", json={"filename": "a.mp4", "file_size_bytes": 5})
    assert fault_of(answer) == (503, "store_unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert str(tmp_path) not in answer.text
    state = door.http.get("/api/queue").json()
    assert (state["uploading"], state["pending"]) == (0, 0)


# ── rights ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_told_without_the_right_token(door: Door) -> None:
    mine, other = door.submit()["job_id"], door.submit()["job_id"]
    calls = [
        ("GET", f"/api/jobs/{mine}"),
        ("GET", f"/api/jobs/{mine}/windows"),
        ("GET", f"/api/jobs/{mine}/download/srt"),
        ("DELETE", f"/api/jobs/{mine}"),
        ("POST", f"/api/jobs/{mine}/retry"),
        ("POST", f"/api/jobs/{mine}/upload"),
    ]
    told = set()
    for method, path in calls:
        without = door.http.request(method, path)
        assert fault_of(without) == (401, "unauthorized")
        assert without.headers["www-authenticate"] == "Bearer"
        for token in (door.tokens[other], "wrong", "x" * 256):
            refused = door.http.request(method, path, headers={"Authorization": f"Bearer {token}"})
            assert fault_of(refused) == (404, "job_not_found")
            told.add(refused.text)
        basic = door.http.request(method, path, headers={"Authorization": f"Basic {door.tokens[mine]}"})
        assert fault_of(basic) == (401, "unauthorized")
        in_url = door.http.request(method, path, params={"token": door.tokens[mine]})
        assert in_url.status_code in (401, 422)
    absent = door.http.get(f"/api/jobs/{uuid4()}", headers=door.auth(mine))
    assert absent.text in told
    assert len(told) == 1
    for junk in ("x", "%00", "1;drop table", "a" * 3000):
        assert fault_of(door.http.get(f"/api/jobs/{junk}", headers=door.auth(mine))) == (404, "job_not_found")


class Lines(logging.Handler):
    """What a log of the whole process gets. (caplog also listens to loggers that were cut off from it.)"""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # The client's own lines are no concern: what counts is what the server says.
        if not record.name.startswith(("httpx", "httpcore")):
            self.lines.append(str(vars(record)))


@pytest.fixture
def logged() -> Iterator[list[str]]:
    handler, root = Lines(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.lines
    root.setLevel(level)
    root.removeHandler(handler)


def test_secrets_reach_neither_log_nor_database(door: Door, logged: list[str]) -> None:
    data = recording()
    offer = door.submit(data)
    httpx.put(offer["upload"]["url"], content=data)
    door.get(offer["job_id"])
    door.http.get(f"/api/jobs/{offer['job_id']}", headers={"Authorization": "Bearer wrong-token"})
    session_id = offer["upload"]["url"].rsplit("/", 1)[1]
    assert any("http.request" in line for line in logged)
    for secret in (offer["access_token"], session_id, "wrong-token"):
        assert [line for line in logged if secret in line] == []
    row = json.dumps(door.workshop.row(offer["job_id"]), default=str)
    assert offer["access_token"] not in row
    assert hashlib.sha256(offer["access_token"].encode()).hexdigest() in row
    assert session_id not in row


# ── look and list ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_etag(door: Door) -> None:
    job_id = door.upload(recording())
    first = door.get(job_id)
    tag = first.headers["etag"]
    same = door.get(job_id, headers={"If-None-Match": f'"x", W/{tag}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    door.delete(job_id)
    changed = door.get(job_id, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json()["status"]) == (200, "cancelled")
    assert changed.json()["version"] > first.json()["version"]
    assert changed.headers["cache-control"] == "no-store"


def test_the_place_in_line_is_part_of_the_etag(door: Door) -> None:
    first, second = door.upload(recording()), door.upload(recording())
    answer = door.get(second)
    assert answer.json()["position"] == 2
    door.delete(first)
    moved = door.get(second, headers={"If-None-Match": answer.headers["etag"]})
    assert (moved.status_code, moved.json()["position"]) == (200, 1)


def test_list_by_headers(door: Door) -> None:
    ids = [door.submit()["job_id"] for _ in range(3)]
    tokens = [door.tokens[job_id] for job_id in ids]
    headers = [("Authorization", f"Bearer {tokens[0]}, Bearer {tokens[1]}"), ("Authorization", f"bearer {tokens[2]}")]
    found = door.http.get("/api/jobs", params={"per_page": 2}, headers=headers).json()
    assert (found["total"], found["page"], found["per_page"]) == (3, 1, 2)
    rest = door.http.get("/api/jobs", params={"per_page": 2, "page": 2}, headers=headers).json()
    assert sorted(job["job_id"] for job in found["jobs"] + rest["jobs"]) == sorted(ids)
    assert "access_token" not in str(found)
    door.delete(ids[0])
    chosen = door.http.get("/api/jobs", params={"status": "cancelled"}, headers=headers).json()
    assert [job["job_id"] for job in chosen["jobs"]] == [ids[0]]
    assert fault_of(door.http.get("/api/jobs")) == (401, "unauthorized")
    assert fault_of(door.http.get("/api/jobs", params={"per_page": 1000}, headers=headers)) == (422, "bad_request")
    assert fault_of(door.http.get("/api/jobs", params={"page": 0}, headers=headers)) == (422, "bad_request")
    many = [("Authorization", f"Bearer {number}") for number in range(101)]
    assert fault_of(door.http.get("/api/jobs", headers=many)) == (422, "bad_request")


def test_list_by_body_says_what_is_gone(door: Door) -> None:
    ids = [door.submit()["job_id"] for _ in range(3)]
    for _ in range(2):
        door.delete(ids[0])
    refs = [{"job_id": job_id, "access_token": door.tokens[job_id]} for job_id in ids[:2]]
    refs.append({"job_id": ids[2], "access_token": "wrong"})
    refs.append({"job_id": "no-id", "access_token": door.tokens[ids[1]]})
    found = door.http.post("/api/jobs/list", json={"jobs": refs, "per_page": 1, "statuses": ["completed"]}).json()
    assert (found["jobs"], found["total"]) == ([], 0)
    assert found["gone"] == [ids[0], ids[2], "no-id"]
    by_token = door.http.post("/api/jobs/list", json={"tokens": [door.tokens[ids[2]]]}).json()
    assert ([job["job_id"] for job in by_token["jobs"]], by_token["gone"]) == ([ids[2]], [])
    assert fault_of(door.http.post("/api/jobs/list", json={})) == (401, "unauthorized")
    too_many = {"tokens": [str(number) for number in range(101)]}
    assert fault_of(door.http.post("/api/jobs/list", json=too_many)) == (422, "bad_request")


# ── cancel, delete, retry ────────────────────────────────────────────────────────────────────────────────────────────


def test_cancelling_an_upload_ends_its_session(door: Door, tmp_path: Path) -> None:
    offer = door.submit(b"x" * 1000)
    url = offer["upload"]["url"]
    httpx.put(url, content=b"x" * 500, headers={"Content-Range": "bytes 0-499/1000"})
    cancelled = door.delete(offer["job_id"])
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert fault_of(httpx.put(url, headers={"Content-Range": "bytes */1000"})) == (410, "upload_gone")
    assert [path for path in (tmp_path / "store").rglob("data") if path.is_file()] == []
    assert door.http.get("/api/queue").json()["uploading"] == 0
    assert door.delete(offer["job_id"]).status_code == 204
    assert fault_of(door.get(offer["job_id"])) == (404, "job_not_found")
    assert fault_of(door.delete(offer["job_id"])) == (404, "job_not_found")


def test_a_late_cancel_deletes_nothing(door: Door) -> None:
    """Somebody presses Cancel just when the job ends: the transcript must not go with it."""
    job_id = door.upload(b"not a recording")
    assert door.status(job_id) == "failed"
    answer = door.http.delete(f"/api/jobs/{job_id}", params={"only": "cancel"}, headers=door.auth(job_id))
    assert fault_of(answer) == (409, "already_over")
    assert "processed" not in answer.json()["error"]["message"]
    assert door.status(job_id) == "failed"


def test_a_waiting_job_is_cancelled_and_retried(door: Door) -> None:
    job_id = door.upload(recording())
    assert door.delete(job_id).json()["status"] == "cancelled"
    until(lambda: door.woken)
    before = len(door.woken)
    again = door.http.post(f"/api/jobs/{job_id}/retry", headers=door.auth(job_id))
    assert (again.status_code, again.json()["status"]) == (200, "pending")
    until(lambda: len(door.woken) > before)
    twice = door.http.post(f"/api/jobs/{job_id}/retry", headers=door.auth(job_id))
    assert fault_of(twice) == (409, "not_retryable")


def test_a_retry_takes_a_place_in_line(door: Door) -> None:
    job_id = door.upload(recording())
    door.delete(job_id)
    for _ in range(3):
        door.upload(recording())
    refused = door.http.post(f"/api/jobs/{job_id}/retry", headers=door.auth(job_id))
    assert fault_of(refused) == (429, "queue_full")
    assert int(refused.headers["retry-after"]) > 0


def test_deleting_takes_rows_and_files_at_once(door: Door) -> None:
    job_id = door.upload(SAMPLE_VIDEO.read_bytes(), filename="sample.mp4")
    door.workshop.work(ScriptedEngine())
    assert door.status(job_id) == "completed"
    assert len(list(door.app.store.list())) == 5
    assert door.delete(job_id).status_code == 204
    assert list(door.app.store.list()) == []
    assert door.get(job_id).status_code == 404


def test_a_running_job_runs_to_its_end(door: Door) -> None:
    job_id = door.upload(recording())
    assert door.workshop.jobs.claim_next_job(3, "a worker") is not None
    assert fault_of(door.delete(job_id)) == (409, "not_cancellable")
    assert door.status(job_id) == "processing"


def test_a_running_job_is_stopped_where_that_is_allowed(database_url: str, tmp_path: Path) -> None:
    with open_door(database_url, tmp_path, cancel_running=True) as door:
        job_id = door.upload(recording())
        claim = door.workshop.jobs.claim_next_job(3, "a worker")
        assert claim is not None
        assert door.delete(job_id).json()["status"] == "cancelled"
        with pytest.raises(Exception, match="taken this job over"):
            door.workshop.jobs.heartbeat(job_id, claim.fence)


def test_another_upload_url(door: Door) -> None:
    data = recording()
    offer = door.submit(data)
    renewed = door.http.post(f"/api/jobs/{offer['job_id']}/upload", headers=door.auth(offer["job_id"]))
    assert renewed.json()["url"] != offer["upload"]["url"]
    assert httpx.put(renewed.json()["url"], content=data).status_code == 200
    assert door.status(offer["job_id"]) == "pending"
    over = door.http.post(f"/api/jobs/{offer['job_id']}/upload", headers=door.auth(offer["job_id"]))
    assert fault_of(over) == (410, "upload_gone")


# ── the same recording again ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_result_that_is_there_needs_no_upload(door: Door) -> None:
    data = SAMPLE_VIDEO.read_bytes()
    video_hash = hashlib.sha256(data).hexdigest()
    job_id = door.upload(data, filename="first.mp4", video_hash=video_hash)
    door.workshop.work(ScriptedEngine(model="toy"))
    body = {"filename": "second.mp4", "file_size_bytes": len(data), "video_hash": video_hash.upper()}
    twin = door.http.post("/api/jobs/submit", json=body, headers=door.auth(job_id)).json()
    assert (twin["cached"], twin["status"], twin["upload"]) == (True, "completed", None)
    assert twin["cached_at"]
    assert twin["job_id"] != job_id
    assert twin["access_token"] != door.tokens[job_id]
    door.tokens[twin["job_id"]] = twin["access_token"]
    assert door.get(twin["job_id"], "/download/srt").content == door.get(job_id, "/download/srt").content
    named = door.get(twin["job_id"], "/download/json")
    assert "second.mp4" in named.text
    assert "first.mp4" not in named.text
    stranger = door.http.post("/api/jobs/submit", json=body).json()
    assert (stranger["cached"], stranger["status"]) == (False, "uploading")
    other_options = door.http.post("/api/jobs/submit", json=body | {"language": "de"}, headers=door.auth(job_id))
    assert other_options.json()["cached"] is False


def test_a_transcript_can_be_made_afresh(door: Door) -> None:
    data = SAMPLE_VIDEO.read_bytes()
    said = {"filename": "talk.mp4", "video_hash": hashlib.sha256(data).hexdigest(), "fresh": True}
    made = []
    for _ in range(2):
        made.append(door.upload(data, **said))  # with a hash, but it has to be sent all the same
        door.workshop.work(ScriptedEngine(model="toy"))
    assert [(door.status(job_id), door.get(job_id).json()["cached"]) for job_id in made] == [("completed", False)] * 2


def test_cached_jobs_are_no_way_around_the_token(door: Door) -> None:
    job_id = door.submit()["job_id"]
    holder = Holder.of([door.tokens[job_id]])
    assert door.workshop.jobs.get_job(job_id, holder).job_id == job_id
    assert "token" not in door.get(job_id).text
