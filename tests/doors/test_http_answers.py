"""What every answer has: one shape of errors, headers that protect, CORS, a page that explains, health."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse

from aisubs.adapters.store.local import LocalStore
from aisubs.http import create_http
from aisubs.http.headers import EXPOSED
from aisubs.http.request_bodies import MAX_JSON_BYTES
from aisubs.model.errors import error
from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.http_server import serve, until

PAGE = "https://app.example"


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path, allowed_origins=f"{PAGE}, https://other.example/") as door:
        yield door


def test_errors_have_one_shape(door: Door) -> None:
    assert fault_of(door.http.get("/api/nothing")) == (404, "not_found")
    assert fault_of(door.http.get("/nothing")) == (404, "not_found")
    assert fault_of(door.http.put("/api/queue")) == (405, "method_not_allowed")
    for body in (b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"filename": "\\ud800", "file_size_bytes": 1}'):
        answer = door.http.post("/api/jobs/submit", content=body, headers={"Content-Type": "application/json"})
        assert fault_of(answer) == (422, "bad_request"), body
    form = door.http.post("/api/jobs/submit", data={"filename": "x"})
    assert fault_of(form) == (422, "bad_request")


def test_a_page_of_another_origin_is_refused_in_the_same_shape(door: Door) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    assert fault_of(door.http.options("/api/queue", headers=asked)) == (403, "origin_refused")
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "TRACE"}
    assert fault_of(door.http.options("/api/queue", headers=asked)) == (422, "bad_request")


def test_a_websocket_where_none_is_gets_the_same_shape(door: Door) -> None:
    client = TestClient(create_http(door.app))
    with pytest.raises(WebSocketDenialResponse) as refused, client.websocket_connect("/api/nothing"):
        pass
    assert fault_of(refused.value) == (404, "not_found")


def test_questions_that_are_answered_are_not_worth_a_line(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "aisubs")
    job_id = door.upload(recording())
    etag = door.get(job_id).headers["etag"]
    assert door.get(job_id, headers={"If-None-Match": etag}).status_code == 304
    assert door.http.get(f"/api/jobs/{job_id}").status_code == 401

    def seen() -> dict[tuple[str, int], str]:
        lines = [vars(record) for record in caplog.records if record.getMessage() == "http.request"]
        return {(line["method"], line["status"]): line["levelname"] for line in lines}

    until(lambda: ("GET", 401) in seen())  # a line is written when the answer is out
    assert seen() == {
        ("POST", 201): "INFO",
        ("PUT", 200): "INFO",
        ("GET", 200): "DEBUG",
        ("GET", 304): "DEBUG",
        ("GET", 401): "INFO",
    }


def test_a_body_without_end_is_refused(door: Door) -> None:
    large = b'{"filename": "' + b"x" * MAX_JSON_BYTES + b'"}'
    headers = {"Content-Type": "application/json"}
    assert fault_of(door.http.post("/api/jobs/submit", content=large, headers=headers)) == (413, "bad_request")
    pieces = (large[start : start + 65536] for start in range(0, len(large), 65536))
    assert fault_of(door.http.post("/api/jobs/submit", content=pieces, headers=headers))[1] == "bad_request"


def test_headers_protect(door: Door) -> None:
    answers = [door.http.get("/api/queue"), door.http.get("/api/jobs/x"), door.http.get("/docs"), door.http.get("/x")]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
    for answer in answers[:2]:
        assert answer.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_cors(door: Door) -> None:
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-range"}
    upload = door.submit()["upload"]["url"]
    preflight = httpx.options(upload, headers=asked)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == PAGE
    assert "PUT" in preflight.headers["access-control-allow-methods"]
    for answer in (
        httpx.put(upload, headers={"Content-Range": "bytes */1", "Origin": PAGE}),
        door.http.get("/api/jobs/x", headers={"Origin": "https://other.example"}),
        door.http.get("/nothing", headers={"Origin": PAGE}),
    ):
        assert answer.headers["access-control-allow-origin"] in (PAGE, "https://other.example")
        exposed = {name.strip() for name in answer.headers["access-control-expose-headers"].split(",")}
        assert exposed >= {"Range", "Location", "ETag", "Retry-After", "Content-Range", "Content-Disposition"}
        assert exposed == set(EXPOSED)
        assert "access-control-allow-credentials" not in answer.headers
    assert "access-control-allow-origin" not in door.http.get("/api/queue", headers={"Origin": "https://evil"}).headers


class Failing:
    """A database that nobody foresaw, as a plug of the port."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    def call(self, function: str, /, **arguments: object) -> list[dict[str, object]]:
        raise self.fault

    def ping(self) -> str:
        raise self.fault


def test_what_nobody_foresaw_is_a_clear_answer(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    broken = replace(door.app, jobs=type(door.app.jobs)(Failing(ZeroDivisionError("secret: hunter2"))))
    with serve(create_http(broken)) as url:
        answer = httpx.get(f"{url}/api/queue", headers={"Origin": PAGE})
    assert fault_of(answer) == (500, "internal")
    assert "hunter2" not in answer.text
    assert answer.headers["access-control-allow-origin"] == PAGE
    [crash] = [record for record in caplog.records if record.message == "http.crashed"]
    assert crash.exc_info is not None


def test_a_database_that_is_down(door: Door) -> None:
    fault = error("database_unavailable", "connection to 10.0.0.7 refused")
    down = replace(door.app, database=Failing(fault), jobs=type(door.app.jobs)(Failing(fault)))
    with serve(create_http(down)) as url:
        answer = httpx.get(f"{url}/api/queue")
        assert fault_of(answer) == (503, "database_unavailable")
        assert (answer.json()["error"]["retryable"], int(answer.headers["retry-after"]) > 0) == (True, True)
        health = httpx.get(f"{url}/api/health")
    assert (health.status_code, health.json()["status"]) == (503, "failing")
    assert health.json()["checks"]["database"] == {"ok": False, "error": "database_unavailable"}
    assert health.json()["checks"]["store"]["ok"] is True
    assert "10.0.0.7" not in answer.text + health.text


def test_health_and_queue(door: Door, tmp_path: Path) -> None:
    health = door.http.get("/api/health")
    assert (health.status_code, health.json()["status"]) == (200, "ok")
    assert set(health.json()["checks"]) == {"database", "store", "queue", "runner"}
    assert str(tmp_path) not in health.text
    door.upload(recording())
    door.submit()
    state = door.http.get("/api/queue").json()
    assert state.pop("retry_after_s") > 0
    assert state == {"active": 0, "limit": 3, "pending": 1, "uploading": 1, "capacity": 3, "position": 2}


def test_the_sweep_is_only_for_whom_we_trust(door: Door) -> None:
    assert fault_of(door.http.post("/api/jobs/check-stale")) == (404, "not_found")
    trusted = create_http(door.app, is_internal=lambda request: request.headers.get("x-scheduler") == "it is me")
    with serve(trusted) as url:
        assert fault_of(httpx.post(f"{url}/api/jobs/check-stale")) == (404, "not_found")
        swept = httpx.post(f"{url}/api/jobs/check-stale", headers={"X-Scheduler": "it is me"})
    assert (swept.status_code, swept.json()["processed"]) == (200, 0)


def test_the_docs_load_nothing_from_elsewhere(door: Door) -> None:
    page = door.http.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script|<link|<img|src=|url\(|@import|=.https?://", page.text), (
        "examples name addresses, in their text"
    )
    described = door.http.get("/openapi.json").json()
    for path in described["paths"]:
        assert f"<code>{path}</code>" in page.text
    assert "/upload/{session_id}" in described["paths"]
    assert "/api/jobs/check-stale" not in described["paths"]
    for name in re.findall(r'href="#([^"]+)"', page.text):
        assert f'id="{name}"' in page.text


class Elsewhere:
    """A store that serves its own URLs, as GCS does: nothing but the port, without signed reads of ours."""

    def __init__(self, store: LocalStore) -> None:
        for name in ("bucket", "stat", "open", "put", "delete", "list", "start_upload", "read_url", "ping"):
            setattr(self, name, getattr(store, name))


def test_a_store_with_its_own_server_gets_no_routes(door: Door, tmp_path: Path) -> None:
    elsewhere = replace(door.app, store=Elsewhere(LocalStore(tmp_path / "other")), sessions=None)
    paths = create_http(elsewhere).openapi()["paths"]
    assert not [path for path in paths if path.startswith(("/upload", "/files"))]
    assert "/api/jobs/submit" in paths
