"""What a job has cost, over HTTP: for its owner, by what workers took."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.scripted_engine import ScriptedEngine


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path, price_per_hour=1.05, price_currency="EUR") as door:
        yield door


def test_a_receipt_is_workers_time_at_its_price_and_what_lies_in_the_store(door: Door, database_url: str) -> None:
    data = recording()
    job_id = door.upload(data, filename="talk.wav")
    waiting = door.get(job_id, "/receipt").json()
    assert (waiting["worker_s"], waiting["cost"], waiting["counting"]) == (0, 0, False)
    door.workshop.work(ScriptedEngine())
    with psycopg.connect(database_url) as database:  # an hour is too long for a test
        database.execute("update aisubs.transcription_jobs set worked_s = 3600 where job_id = %s", [job_id])
    told = door.get(job_id, "/receipt").json()
    assert told == {
        "job_id": job_id,
        "worker_s": 3600,
        "counting": False,
        "price_per_hour": 1.05,
        "currency": "EUR",
        "cost": 1.05,
        "stored_bytes": len(data),
        "stored_hours": pytest.approx(168, abs=0.1),
    }
    assert door.http.get("/api/config").json()["price_per_hour"] == 1.05


def test_without_a_price_the_time_alone_is_told(database_url: str, tmp_path: Path) -> None:
    with open_door(database_url, tmp_path) as door:
        told = door.get(door.upload(recording()), "/receipt").json()
        assert (told["worker_s"], told["cost"], told["currency"], told["price_per_hour"]) == (0, None, None, None)


def test_it_is_the_owner_s_alone(door: Door) -> None:
    job_id = door.upload(recording())
    link = door.http.post(f"/api/jobs/{job_id}/share", json={}, headers=door.auth(job_id)).json()["token"]
    by_link = door.http.get(f"/api/jobs/{job_id}/receipt", headers={"Authorization": f"Bearer {link}"})
    assert fault_of(by_link) == (403, "read_only")
    assert door.http.get(f"/api/jobs/{job_id}/receipt").status_code in (401, 404)
