"""What administrators see and do, through the API and by `aisubs admin`; and that nobody else does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from aisubs.cli.command_line import main
from aisubs.local.tokens import SIGN_IN, own_token
from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.http_server import until
from tests.scripted_engine import ScriptedEngine


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path, edition="local", minutes_per_month=1, queue_capacity=9) as door:
        yield door


@pytest.fixture
def machine(door: Door, tmp_path: Path) -> dict[str, str]:
    """Who is signed in as the machine's owner."""
    session = {"key": own_token(tmp_path, SIGN_IN), "device": "a browser"}
    return {"Authorization": f"Bearer {door.http.post('/api/sign-in', json=session).json()['token']}"}


def asked(door: Door, headers: dict[str, str], method: str, path: str, body: Any = None) -> httpx.Response:
    return door.http.request(method, f"/api/admin{path}", headers=headers, json=body)


def queue(door: Door, machine: dict[str, str]) -> list[dict[str, Any]]:
    jobs: list[dict[str, Any]] = asked(door, machine, "GET", "/queue").json()["jobs"]
    return jobs


def test_the_line_is_stopped_and_waiting_jobs_say_why(door: Door, machine: dict[str, str]) -> None:
    first = door.upload(recording())
    assert asked(door, machine, "PUT", "/paused", {"paused": True}).json() == {"paused": True}
    second = door.upload(recording())
    for job_id in (first, second):
        told = door.get(job_id).json()
        assert (told["status"], told["waiting_for"], told["eta_s"]) == ("pending", "paused", None)
    door.workshop.work(ScriptedEngine())
    assert [job["status"] for job in queue(door, machine)] == ["pending", "pending"]
    assert door.http.get("/api/config").json()["paused"] is True
    woken = len(door.woken)
    asked(door, machine, "PUT", "/paused", {"paused": False})
    until(lambda: len(door.woken) > woken)
    assert door.get(first).json()["waiting_for"] is None
    door.workshop.work(ScriptedEngine())
    assert door.status(first) == door.status(second) == "completed"


def test_one_is_raised_one_is_stopped_and_tried_again_and_one_deleted(door: Door, machine: dict[str, str]) -> None:
    jobs = [door.upload(recording()) for _ in range(3)]
    assert [job["job_id"] for job in queue(door, machine)] == jobs
    assert asked(door, machine, "POST", f"/jobs/{jobs[2]}/raise").status_code == 204
    shown = queue(door, machine)
    assert (shown[0]["job_id"], shown[0]["raised"]) == (jobs[2], True)
    assert "talk" not in json.dumps(shown), "no name of a recording is shown"
    assert {job["sender"] for job in shown} == {"anonymous"}

    assert asked(door, machine, "POST", f"/jobs/{jobs[0]}/fail").status_code == 204
    told = door.get(jobs[0]).json()
    assert (told["status"], told["error_code"], told["retryable"]) == ("failed", "stopped", False)
    assert fault_of(asked(door, machine, "POST", f"/jobs/{jobs[0]}/fail")) == (409, "already_over")
    assert fault_of(asked(door, machine, "POST", f"/jobs/{jobs[0]}/raise")) == (409, "illegal_move")
    assert asked(door, machine, "POST", f"/jobs/{jobs[0]}/retry").status_code == 204
    assert door.status(jobs[0]) == "pending"

    uploading = door.submit(recording())
    asked(door, machine, "POST", f"/jobs/{uploading['job_id']}/fail")
    assert httpx.put(uploading["upload"]["url"], content=b"x").status_code == 410
    asked(door, machine, "POST", f"/jobs/{jobs[1]}/fail")
    told = asked(door, machine, "DELETE", f"/jobs/{jobs[1]}").json()
    assert (told["deleted_by"], told["objects"]["source"]) == ("admin", 1)
    assert door.get(jobs[1]).status_code == 404
    assert door.http.get(f"/api/deletions/{jobs[1]}", headers=door.auth(jobs[1])).json() == told


def test_usage_is_told_to_everybody_of_themselves_and_to_administrators_of_all(
    door: Door, machine: dict[str, str]
) -> None:
    door.upload(recording())
    door.workshop.work(ScriptedEngine())
    limits = {row["name"]: row for row in door.http.get("/api/account/usage").json()["limits"]}
    assert (limits["jobs_per_day"]["used"], limits["jobs_per_day"]["limit"]) == (1, 10_000)
    assert (limits["minutes_per_month"]["used"], limits["minutes_per_month"]["limit"]) == (1, 1)
    assert limits["bytes_per_day"]["limit"] is None
    assert limits["jobs_in_line"]["resets_at"] is None
    mine = door.http.get("/api/account/usage", headers=machine).json()["limits"]
    assert {row["used"] for row in mine} == {0}
    (sender,) = asked(door, machine, "GET", "/usage").json()["senders"]
    assert (sender["sender"], sender["jobs_today"], sender["jobs_month"]) == ("anonymous", 1, 1)
    assert sender["minutes_today"] == pytest.approx(0.5 / 60)
    assert sender["worker_s_month"] > 0


def test_what_is_left_is_told_with_every_answer_and_when_it_is_used_up(door: Door) -> None:
    said = {"filename": "talk.wav", "file_size_bytes": 9}
    answer = door.http.post("/api/jobs/submit", json=said)
    assert answer.headers["ratelimit-policy"] == '1;comment="minutes_per_month"' or (
        answer.headers["ratelimit-remaining"] == "9999"
    )
    door.upload(recording(61.0), filename="long.wav")
    (over,) = door.workshop.sql("select error_code from aisubs.transcription_jobs where status = 'failed'")
    assert over == {"error_code": "minutes_used_up"}
    door.upload(recording(60.0))
    refused = door.http.post("/api/jobs/submit", json=said)
    assert fault_of(refused) == (429, "minutes_used_up")
    assert "1 of 1" in refused.json()["error"]["message"]
    assert (refused.headers["ratelimit-limit"], refused.headers["ratelimit-remaining"]) == ("1", "0")
    assert 0 < int(refused.headers["ratelimit-reset"]) <= 31 * 86_400


def test_an_owner_is_allowed_more(door: Door, machine: dict[str, str]) -> None:
    asked(door, machine, "PUT", "/limits/machine", {"minutes_per_month": 600})
    limits = door.http.get("/api/account/usage", headers=machine).json()["limits"]
    assert {row["limit"] for row in limits if row["name"] == "minutes_per_month"} == {600}
    assert asked(door, machine, "GET", "/usage").json()["senders"][0]["minutes_per_month"] == 600
    asked(door, machine, "PUT", "/limits/machine", {})
    assert asked(door, machine, "GET", "/usage").json()["senders"] == []
    assert fault_of(asked(door, machine, "PUT", "/limits/library:x", {})) == (422, "bad_request")


ROUTES = [
    ("GET", "/queue", None), ("GET", "/usage", None), ("PUT", "/paused", {"paused": True}),
    ("POST", "/jobs/{job}/raise", None), ("POST", "/jobs/{job}/fail", None), ("POST", "/jobs/{job}/retry", None),
    ("DELETE", "/jobs/{job}", None), ("PUT", "/limits/machine", {}),
]  # fmt: skip


def test_nobody_else_does_any_of_it(door: Door) -> None:
    """Not even with a job of one's own."""
    job_id = door.upload(recording())
    share = door.http.post(f"/api/jobs/{job_id}/share", json={}, headers=door.auth(job_id)).json()["token"]
    for method, path, body in ROUTES:
        for token in (None, door.tokens[job_id], share, "lib_" + "a" * 26):
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            answer = asked(door, headers, method, path.format(job=job_id), body)
            assert fault_of(answer) == ((403, "not_admin") if token else (401, "unauthorized")), (path, token)
    assert door.status(job_id) == "pending"


def test_the_same_by_a_command(door: Door, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                               monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("DATABASE_URL", door.workshop.url)
    job_id = door.upload(recording())

    def admin(*words: str) -> Any:
        assert main(["admin", "--data-dir", str(tmp_path), "--json", *words]) == 0
        return json.loads(capsys.readouterr().out)

    assert admin("pause") == {"paused": True}
    assert [(row["job_id"], row["waiting_for"]) for row in admin("queue")] == [(job_id, "paused")]
    assert admin("resume") == {"paused": False}
    assert admin("raise", job_id) == {"job": job_id, "done": "raise"}
    assert admin("fail", job_id) == {"job": job_id, "done": "fail"}
    assert admin("retry", job_id) == {"job": job_id, "done": "retry"}
    assert admin("limit", "machine", "--jobs-per-day", "5")["jobs_per_day"] == 5
    assert {row["sender"] for row in admin("usage")} == {"anonymous", "machine"}
    admin("fail", job_id)
    assert admin("delete", job_id)["deleted_by"] == "admin"
