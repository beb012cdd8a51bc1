"""Lists, names and tags over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.doors.http_door import Door, fault_of, open_door
from tests.doors.text_door import text, transcribed


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path, edition="local", queue_capacity=50) as door:
        yield door


def change(door: Door, job_id: str, **changes: Any) -> httpx.Response:
    return door.http.patch(f"/api/jobs/{job_id}", json=changes, headers=door.auth(job_id))


def everybody(door: Door) -> dict[str, str]:
    return {"Authorization": ", ".join(f"Bearer {token}" for token in door.tokens.values())}


def test_a_job_is_named_tagged_and_kept(door: Door) -> None:
    job_id = door.submit()["job_id"]
    answer = change(door, job_id, title="  Rat\n der Stadt ", tags=["rat", "Ödland", "Rat"], keep=True)
    assert answer.status_code == 200, answer.text
    job = answer.json()
    assert (job["title"], job["tags"], job["kept"], job["expires_at"]) == (
        "Rat der Stadt",
        ["rat", "Ödland"],
        True,
        None,
    )
    assert job == door.get(job_id).json()
    assert change(door, job_id, keep=False).json()["expires_at"]
    assert change(door, job_id, title=None).json()["title"] is None


BAD: list[dict[str, Any]] = [
    {"title": ""}, {"title": " \n"}, {"title": "..."}, {"title": "x" * 201}, {"tags": [""]}, {"tags": ["x" * 41]},
    {"tags": [str(number) for number in range(21)]}, {"tags": None}, {"keep": None}, {"keep": "perhaps"},
    {"filename": "other.mp4"},
]  # fmt: skip


@pytest.mark.parametrize("changes", BAD, ids=str)
def test_changes_that_make_no_sense(door: Door, changes: dict[str, Any]) -> None:
    job_id = door.submit()["job_id"]
    before = door.get(job_id).json()
    assert fault_of(change(door, job_id, **changes)) == (422, "bad_request")
    assert door.get(job_id).json() == before


def test_files_and_documents_go_by_the_title(door: Door) -> None:
    job_id = transcribed(door)
    change(door, job_id, title="AC/DC: 3.5 Stunden 🎸")
    named = door.get(job_id, "/download/srt").headers["content-disposition"]
    assert "filename*=UTF-8''AC-DC%3A%203.5%20Stunden%20%F0%9F%8E%B8.srt" in named
    assert door.get(job_id, "/download/json").json()["title"] == text(door, job_id)["title"] == "AC/DC: 3.5 Stunden 🎸"


def test_both_ways_of_asking_for_a_list_sift_and_sort_alike(door: Door) -> None:
    ids = [door.submit(filename=f"{name}.wav")["job_id"] for name in "bca"]
    change(door, ids[0], tags=["x"], title="Über uns")
    query: list[tuple[str, str]] = [("tag", "x"), ("status", "uploading"), ("source", "web"), ("text", "uber")]
    by_address = door.http.get("/api/jobs", params=query, headers=everybody(door)).json()
    body = {"tags": ["x"], "statuses": ["uploading"], "sources": ["web"], "text": "uber"}
    by_body = door.http.post("/api/jobs/list", json=body, headers=everybody(door)).json()
    assert [job["job_id"] for job in by_address["jobs"]] == [job["job_id"] for job in by_body["jobs"]] == [ids[0]]
    assert by_address["total"] == 1
    assert by_address["totals"] is None
    sorted_ = door.http.get("/api/jobs", params={"sort": "name", "totals": "true"}, headers=everybody(door)).json()
    assert [job["job_id"] for job in sorted_["jobs"]] == [ids[2], ids[1], ids[0]]
    assert sorted_["totals"]["jobs"] == 3
    assert sorted_["totals"]["tags"] == {"x": 1}


@pytest.mark.parametrize(
    "query", ["sort=colour", "order=up", "status=done", "source=fax", "kept=perhaps", "x=1", "text=%00", "tag=%00"]
)
def test_lists_that_nobody_can_make(door: Door, query: str) -> None:
    door.submit()
    assert fault_of(door.http.get(f"/api/jobs?{query}", headers=everybody(door))) == (422, "bad_request")


def test_the_cloud_keeps_nothing_for_longer(database_url: str, tmp_path: Path) -> None:
    with open_door(database_url, tmp_path) as door:
        job_id = door.submit()["job_id"]
        assert door.http.get("/api/config").json()["keep"] is False
        assert fault_of(change(door, job_id, keep=True)) == (404, "keep_unavailable")
        assert change(door, job_id, keep=False, tags=["x"]).json()["tags"] == ["x"]
