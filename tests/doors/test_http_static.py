"""The web page beside the API: which addresses are its own, and what its answers carry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from aisubs.http.static import WEB, Page

DOCUMENT = {"Accept": "text/html,application/xhtml+xml"}
INDEX = "<!doctype html><title>the page</title>"


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A built page, with the headers that are sent in earnest."""
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text(INDEX)
    (dist / "assets" / "index-3fa9.js").write_text("export {}")
    (dist / "sw.js").write_text("self")
    (dist / "_headers").write_text("/*")
    (tmp_path / "security-headers.json").write_text((WEB / "security-headers.json").read_text())
    (tmp_path / "secret.txt").write_text("not for anybody")
    return tmp_path


@pytest.fixture
def http(web: Path) -> Iterator[TestClient]:
    with serving(web) as client:
        yield client


def serving(web: Path) -> TestClient:
    """An app that knows one address of its own, behind the page."""
    app = Starlette(routes=[Route("/api/jobs", lambda _: JSONResponse([]))])
    app.add_middleware(Page, web=web)
    return TestClient(app)


@pytest.mark.parametrize("path", ["/", "/jobs", "/jobs/5f0c", "/nothing", "/index.html"])
def test_a_browser_gets_the_page_at_all_addresses_that_the_page_may_make(http: TestClient, path: str) -> None:
    answer = http.get(path, headers=DOCUMENT)
    assert (answer.status_code, answer.text) == (200, INDEX)
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/api/nothing", "/upload/x", "/files/x", "/assets/old-1234.js", "/docs", "/openapi.json"]
)
def test_what_is_not_the_pages_is_left_to_the_api(http: TestClient, path: str) -> None:
    assert http.get(path, headers=DOCUMENT).status_code == 404


def test_programs_get_no_page_for_an_answer(http: TestClient) -> None:
    assert http.get("/nothing").status_code == 404
    assert http.post("/", headers=DOCUMENT).status_code == 404
    assert http.get("/api/jobs", headers=DOCUMENT).json() == []


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "/_headers"])
def test_nothing_else_is_given_out(http: TestClient, path: str) -> None:
    assert http.get(path).status_code == 404


def test_assets_are_kept_for_ever(http: TestClient) -> None:
    answer = http.get("/assets/index-3fa9.js")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")


def test_the_service_worker_is_asked_for_anew_each_time(http: TestClient) -> None:
    """At the root, for it may act only for what lies below it; kept by a browser, it would keep the page of old."""
    answer = http.get("/sw.js", headers={"Service-Worker": "script"})
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["content-security-policy"]


def test_the_policy_is_the_one_of_the_shared_file(http: TestClient) -> None:
    said = json.loads((WEB / "security-headers.json").read_text())
    headers = http.get("/", headers=DOCUMENT).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy == {name: " ".join(values) for name, values in said["csp"].items()}
    assert {name: headers[name] for name in said["everywhere"]} == said["everywhere"]
    assert "strict-transport-security" not in headers  # the local edition speaks plain http


def test_without_a_built_page_nothing_changes(tmp_path: Path) -> None:
    with serving(tmp_path) as client:
        assert client.get("/", headers=DOCUMENT).status_code == 404
        assert client.get("/api/jobs").json() == []
