"""Figures for Prometheus, read back by its own parser; and the dashboard that shows them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from aisubs.local.tokens import SIGN_IN, own_token
from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.scripted_engine import ScriptedEngine

DASHBOARD = Path(__file__).parents[2] / "infra/grafana/aisubs.json"


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path, edition="local") as door:
        yield door


@pytest.fixture
def machine(door: Door, tmp_path: Path) -> dict[str, str]:
    session = {"key": own_token(tmp_path, SIGN_IN), "device": "a browser"}
    return {"Authorization": f"Bearer {door.http.post('/api/sign-in', json=session).json()['token']}"}


def figures(door: Door, headers: dict[str, str]) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    reply = door.http.get("/metrics", headers=headers).raise_for_status()
    assert reply.headers["content-type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(reply.text)
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def of(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


def test_what_is_told(door: Door, machine: dict[str, str]) -> None:
    job_id = door.upload(recording())
    door.http.get("/api/jobs/00000000-0000-4000-8000-000000000000", headers=machine)
    told = figures(door, machine)
    assert told[of("aisubs_jobs", status="pending")] == 1
    assert told[of("aisubs_jobs", status="processing")] == 0
    assert told[of("aisubs_waiting", what="turn")] == 1
    assert 0 <= told[of("aisubs_oldest_pending_seconds")] < 60
    assert told[of("aisubs_jobs_today")] == 1
    assert told[of("aisubs_paused")] == 0
    route = "/api/jobs/{job_id}"
    assert told[of("aisubs_http_requests_total", method="GET", route=route, status="404")] == 1
    assert told[of("aisubs_http_request_seconds_count", route=route)] >= 1
    door.workshop.work(ScriptedEngine())
    assert door.status(job_id) == "completed"
    door.http.request("BREW", "/api/jobs/submit")
    told = figures(door, machine)
    assert told[of("aisubs_jobs", status="pending")] == 0
    assert told[of("aisubs_minutes_today")] > 0
    assert {dict(labels)["method"] for name, labels in told if name == "aisubs_http_requests_total"} >= {"other", "GET"}


def test_nobody_else_is_told(door: Door) -> None:
    job_id = door.upload(recording())
    assert fault_of(door.http.get("/metrics")) == (401, "unauthorized")
    assert fault_of(door.http.get("/metrics", headers=door.auth(job_id))) == (403, "not_admin")


def test_the_dashboard_shows_what_there_is(door: Door, machine: dict[str, str]) -> None:
    door.upload(recording())
    text = door.http.get("/metrics", headers=machine).text
    panels = json.loads(DASHBOARD.read_text())["panels"]
    asked = {name for panel in panels for name in re.findall(r"aisubs_\w+", panel["targets"][0]["expr"])}
    assert len(asked) >= len(panels) - 1
    assert [name for name in asked if f"\n{name}" not in text and f"TYPE {name} " not in text] == []
