"""The library of an anonymous browser: one key, the same list on another device, in every edition."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.doors.http_door import Door, fault_of, open_door
from tests.doors.test_http_sign_in import bearer, listed, sign_in

KEY, NEW_KEY = f"lib_{'7zx4' * 6}ab", f"lib_{'q' * 26}"


@pytest.fixture(params=["local", "cloud"])
def door(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[Door]:
    edition: Literal["local", "cloud"] = request.param
    with open_door(database_url, tmp_path, edition=edition, queue_capacity=50) as door:
        yield door


def submit(door: Door, *tokens: str) -> dict[str, Any]:
    body = {"filename": "talk.wav", "file_size_bytes": 5}
    answer = door.http.post("/api/jobs/submit", json=body, headers=bearer(*tokens) if tokens else {})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def claim(door: Door, by: str, **body: Any) -> int:
    answer = door.http.post("/api/library/claim", json=body, headers=bearer(by))
    assert answer.status_code == 200, answer.text
    return int(answer.json()["claimed"])


def ref(job: dict[str, Any]) -> dict[str, str]:
    return {"job_id": job["job_id"], "access_token": job["access_token"]}


def test_another_device_with_the_key_has_the_same_list_and_rights(door: Door) -> None:
    made, strangers = submit(door, KEY), submit(door)
    assert listed(door, KEY) == {made["job_id"]}
    assert listed(door, NEW_KEY) == set()
    assert listed(door, KEY, strangers["access_token"]) == {made["job_id"], strangers["job_id"]}
    assert listed(door, made["access_token"]) == {made["job_id"]}
    path = f"/api/jobs/{made['job_id']}"
    assert door.http.post(f"{path}/share", json={}, headers=bearer(KEY)).status_code == 201
    assert fault_of(door.http.get(path, headers=bearer(NEW_KEY))) == (404, "job_not_found")
    assert door.http.delete(path, headers=bearer(KEY)).json()["status"] == "cancelled"


def test_jobs_from_before_the_key_are_claimed(door: Door) -> None:
    made = [submit(door) for _ in range(3)]
    assert claim(door, KEY, jobs=[ref(job) for job in made]) == 3
    assert claim(door, KEY, jobs=[ref(job) for job in made]) == 0
    assert listed(door, KEY) == {job["job_id"] for job in made}


def test_a_new_key_ends_the_old_one_and_the_tokens(door: Door) -> None:
    made = submit(door, KEY)
    assert claim(door, NEW_KEY, libraries=[KEY], revoke=True) == 1
    assert claim(door, NEW_KEY, libraries=[KEY], revoke=True) == 0, "a lost answer"
    assert listed(door, NEW_KEY) == {made["job_id"]}
    assert listed(door, KEY) == listed(door, made["access_token"]) == set()


@pytest.mark.parametrize("key", ["lib_", KEY.upper(), KEY[:-1], f"{KEY}a", KEY.replace("7", "i")])
def test_what_is_no_key_owns_nothing(door: Door, key: str) -> None:
    made = submit(door, key)
    assert door.workshop.row(made["job_id"])["owner_id"] is None
    assert listed(door, key) == set()
    body = {"jobs": [ref(made)]}
    assert fault_of(door.http.post("/api/library/claim", json=body, headers=bearer(key))) == (401, "unauthorized")


BODIES: list[dict[str, Any]] = [
    {"libraries": ["lib_short"]},
    {"libraries": [KEY] * 11},
    {"jobs": [{"job_id": "x"}]},
    {"revoke": "perhaps"},
    {"everything": True},
]


@pytest.mark.parametrize("body", BODIES, ids=str)
def test_claims_that_make_no_sense(door: Door, body: dict[str, Any]) -> None:
    answer = door.http.post("/api/library/claim", json=body, headers=bearer(KEY))
    assert fault_of(answer) == (422, "bad_request")


def test_whoever_signs_in_brings_what_the_browser_had(database_url: str, tmp_path: Path) -> None:
    with open_door(database_url, tmp_path, edition="local") as door:
        kept, older = submit(door, KEY), submit(door)
        session = sign_in(door)
        assert claim(door, session, libraries=[KEY], jobs=[ref(older)]) == 2
        assert listed(door, session) == {kept["job_id"], older["job_id"]}
        assert listed(door, KEY) == set()
        # What is the machine's stays the machine's, also for who holds the token of a job.
        assert claim(door, KEY, jobs=[ref(older)]) == 0
        assert listed(door, session) == {kept["job_id"], older["job_id"]}
