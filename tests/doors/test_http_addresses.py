"""Links are made for the address that was asked, and only addresses that can be ours are answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse

from aisubs.http import Watchers, create_http
from aisubs.http.addresses import host_of, is_loopback
from aisubs.local.addresses import network_urls
from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.doors.test_http_sign_in import bearer, sign_in
from tests.scripted_engine import ScriptedEngine
from tests.speech import SAMPLE_VIDEO


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path, edition="local", network_urls=("http://192.0.2.7:8000",)) as door:
        yield door


def asked_at(door: Door, host: str, method: str, path: str, **more: Any) -> httpx.Response:
    """As if the name led here."""
    return door.http.request(method, path, headers={"Host": host} | more.pop("headers", {}), **more)


def uploaded_and_played(door: Door, host: str) -> None:
    """All of it by the URLs that the answers hold, sent to where the name would lead."""
    data = SAMPLE_VIDEO.read_bytes()
    body = {"filename": "talk.mp4", "file_size_bytes": len(data), "content_type": "video/mp4"}
    made = asked_at(door, host, "POST", "/api/jobs/submit", json=body).json()

    def follow(url: str, method: str, content: bytes | None = None) -> bytes:
        assert url.startswith(f"http://{host}/")
        answer = asked_at(door, host, method, url.removeprefix(f"http://{host}"), content=content)
        assert answer.status_code == 200
        return answer.content

    follow(made["upload"]["url"], "PUT", data)
    token = bearer(made["access_token"])
    media = asked_at(door, host, "POST", f"/api/jobs/{made['job_id']}/media", headers=token).json()
    assert follow(media["url"], "GET") == data


@pytest.mark.parametrize("host", ["192.168.1.5:8000", "nas:8000", "nas.local", "[fd00::7]:8000", "box.fritz.box:80"])
def test_from_another_machine_one_can_upload_and_play(door: Door, host: str) -> None:
    uploaded_and_played(door, host)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8000", "evil.example.", "local.evil", "a..b"])
def test_a_name_that_is_not_ours_is_refused(door: Door, host: str) -> None:
    """A page of anywhere may have its name lead here, and would then be of our origin."""
    for path in ("/api/config", "/", "/docs"):
        assert fault_of(asked_at(door, host, "GET", path)) == (421, "host_unknown")
    body = {"filename": "talk.wav", "file_size_bytes": 5}
    assert fault_of(asked_at(door, host, "POST", "/api/jobs/submit", json=body)) == (421, "host_unknown")
    assert door.app.jobs.queue_state(3, 3)["uploading"] == 0


def test_names_may_be_added(database_url: str, tmp_path: Path) -> None:
    listed = {"allowed_hosts": "nas.tail1234.ts.net, Cafe.Example", "public_url": "https://subs.example.org"}
    with open_door(database_url, tmp_path, edition="local", **listed) as door:
        for host in ("nas.tail1234.ts.net:8000", "cafe.example", "SUBS.example.org"):
            assert asked_at(door, host, "GET", "/api/config").status_code == 200
        assert fault_of(asked_at(door, "evil.example", "GET", "/api/config")) == (421, "host_unknown")
    with open_door(database_url, tmp_path, edition="local", allowed_hosts="*") as door:
        assert asked_at(door, "evil.example", "GET", "/api/config").status_code == 200


def test_the_cloud_edition_leaves_names_to_its_front(database_url: str, tmp_path: Path) -> None:
    with open_door(database_url, tmp_path) as door:
        answer = asked_at(door, "api-x7.a.run.app", "GET", "/api/config").json()
        assert answer["share"] == {"base_url": None, "reach": "network"}


def test_a_websocket_is_refused_like_the_rest(door: Door) -> None:
    client = TestClient(create_http(door.app, watchers=Watchers()))
    with pytest.raises(WebSocketDenialResponse) as refused, client.websocket_connect("ws://evil.example/api/live"):
        pass
    assert fault_of(refused.value) == (421, "host_unknown")


def share_base(door: Door, host: str) -> dict[str, str]:
    said: dict[str, str] = asked_at(door, host, "GET", "/api/config").json()["share"]
    return said


def test_what_is_given_to_others_begins_with_an_address_that_they_can_open(door: Door) -> None:
    asked = {"base_url": "http://192.168.1.5:8000", "reach": "network"}
    assert share_base(door, "192.168.1.5:8000") == asked
    found = {"base_url": "http://192.0.2.7:8000", "reach": "network"}
    for host in ("127.0.0.1:8000", "localhost:8000", "[::1]:8000"):
        assert share_base(door, host) == found
    link = door.http.get("/api/sign-in/link", headers=bearer(sign_in(door))).json()
    assert (link["url"].startswith("http://192.0.2.7:8000/#key="), link["reach"]) == (True, "network")


def test_a_link_that_others_cannot_open_says_so(database_url: str, tmp_path: Path) -> None:
    with open_door(database_url, tmp_path, edition="local") as door:
        assert share_base(door, "127.0.0.1:8000") == {"base_url": "http://127.0.0.1:8000", "reach": "machine"}
        job_id = door.upload(recording())
        door.workshop.work(ScriptedEngine())
        made = door.http.post(f"/api/jobs/{job_id}/share", json={}, headers=door.auth(job_id)).json()
        assert made["reach"] == "machine"
        made = asked_at(door, "nas:80", "POST", f"/api/jobs/{job_id}/share", json={}, headers=door.auth(job_id)).json()
        assert made["reach"] == "network"


def test_the_public_url_wins(database_url: str, tmp_path: Path) -> None:
    with open_door(database_url, tmp_path, edition="local", public_url="https://subs.example.org/a") as door:
        assert share_base(door, "192.168.1.5") == {"base_url": "https://subs.example.org/a", "reach": "network"}
        assert door.submit(recording())["upload"]["url"].startswith("https://subs.example.org/")


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("Nas:80", "nas"),
        ("[::1]:8000", "::1"),
        ("", ""),
        ("127.0.0.1", "127.0.0.1"),
        ("[broken", "[broken"),
        ("a.", "a"),
    ],
)
def test_the_host_of_a_header(header: str, host: str) -> None:
    assert host_of(header) == host


def test_what_is_the_loopback() -> None:
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.1.2.3", "::1", "localhost", "x.localhost"))
    assert not any(is_loopback(host) for host in ("192.168.1.5", "nas", "", "localhost.evil.example"))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_who_listens_on_the_loopback_is_reached_by_nobody_else(host: str) -> None:
    assert network_urls(host, 8000) == []


def test_who_listens_on_one_address_is_reached_there() -> None:
    assert network_urls("192.168.1.5", 8000) == ["http://192.168.1.5:8000"]
    assert network_urls("fd00::7", 8000) == ["http://[fd00::7]:8000"]
