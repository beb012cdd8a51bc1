"""From a subscription over HTTP to the message in the browser: a real worker, and a push service that decrypts."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from aisubs.pipeline.send_pushes import send_pushes
from aisubs.wiring import make_notifier
from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.doubles.push_service import Browser, PushService, new_private_key
from tests.scripted_engine import ScriptedEngine

SUBJECT = "mailto:somebody@example.org"


@dataclass
class Postbox:
    door: Door
    service: PushService

    def push(self, job_id: str, body: dict[str, Any], method: str = "POST", token: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else self.door.auth(job_id)
        return self.door.http.request(method, f"/api/jobs/{job_id}/push", json=body, headers=headers)

    def subscribe(self, job_id: str, browser: Browser, **said: Any) -> None:
        assert self.push(job_id, {"subscription": browser.subscription()} | said).status_code == 204

    def work(self) -> None:
        assert self.door.workshop.work(ScriptedEngine()) == 0

    def sweep(self) -> int:
        """What the sweep does about messages, as if all the waiting were over."""
        self.door.workshop.sql("update aisubs.push_subscriptions set due_at = now() where due_at is not null")
        notifier = make_notifier(self.door.workshop.settings)
        assert notifier is not None
        return send_pushes(jobs=self.door.workshop.jobs, notifier=notifier)


@pytest.fixture
def postbox(database_url: str, tmp_path: Path) -> Iterator[Postbox]:
    keys = {"vapid_private_key": new_private_key(), "vapid_subject": SUBJECT, "push_hosts": " 127.0.0.1 ,x.example"}
    with PushService() as service, open_door(database_url, tmp_path, **keys) as door:
        service.public_key = door.http.get("/api/config").json()["push"]["key"]
        yield Postbox(door, service)


def test_a_browser_is_told_once_that_the_job_is_over(postbox: Postbox) -> None:
    browser, phone = postbox.service.browser(), postbox.service.browser()
    job_id = postbox.door.upload(recording(), filename="Grüße.wav")
    postbox.subscribe(job_id, browser, language="de")
    postbox.subscribe(job_id, phone)
    postbox.subscribe(job_id, phone)
    postbox.work()
    silent = {"silent": True}
    told = {"job_id": job_id, "status": "completed", "filename": "Grüße.wav", "losses": silent}
    assert browser.messages == [told | {"language": "de"}]
    assert phone.messages == [told | {"language": "en"}]
    assert browser.topics == [job_id.replace("-", "")]
    postbox.work()
    assert postbox.sweep() == 0
    assert (len(browser.messages), len(phone.messages)) == (1, 1)


def test_of_a_failure_too(postbox: Postbox) -> None:
    browser = postbox.service.browser()
    job_id = postbox.door.upload(recording())
    postbox.subscribe(job_id, browser)
    postbox.door.workshop.store.delete(postbox.door.source(job_id))
    postbox.work()
    assert [message["status"] for message in browser.messages] == ["failed"]
    assert postbox.door.get(job_id).json()["error_code"] == "source_gone"


def test_a_subscription_that_is_dead_is_removed(postbox: Postbox) -> None:
    browser = postbox.service.browser()
    browser.status = 410
    job_id = postbox.door.upload(recording())
    postbox.subscribe(job_id, browser)
    postbox.work()
    assert postbox.door.status(job_id) == "completed"
    browser.status = 201
    assert postbox.sweep() == 0
    assert (browser.attempts, browser.messages) == (1, [])


def test_a_service_that_is_down_costs_the_job_nothing_and_the_sweep_tells_later(postbox: Postbox) -> None:
    browser = postbox.service.browser()
    job_id = postbox.door.upload(recording())
    postbox.subscribe(job_id, browser)
    with postbox.service.down():
        postbox.work()
        assert postbox.door.status(job_id) == "completed"
        assert postbox.door.workshop.row(job_id)["retry_count"] == 0
        assert postbox.sweep() == 0
    assert browser.messages == []
    assert postbox.sweep() == 1
    assert [message["status"] for message in browser.messages] == ["completed"]


def test_a_service_that_says_nothing_does_not_keep_the_worker(
    postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the connection and never answers; the worker goes on with the next job and then leaves."""
    monkeypatch.setattr("aisubs.pipeline.send_pushes.GRACE_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        browser = postbox.service.browser()
        browser.endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}/push"
        first, second = postbox.door.upload(recording()), postbox.door.upload(recording())
        postbox.subscribe(first, browser)
        postbox.work()
        assert [postbox.door.status(job_id) for job_id in (first, second)] == ["completed", "completed"]


def test_who_does_not_want_to_know_is_not_told(postbox: Postbox) -> None:
    browser = postbox.service.browser()
    job_id = postbox.door.upload(recording())
    postbox.subscribe(job_id, browser)
    body = {"subscription": browser.subscription()}
    assert [postbox.push(job_id, body, "DELETE").status_code for _ in range(2)] == [204, 204]
    postbox.work()
    assert browser.attempts == 0


# ── who may ask, and for what ────────────────────────────────────────────────────────────────────────────────────────


def test_only_the_holder_may_subscribe(postbox: Postbox) -> None:
    mine, other = postbox.door.upload(recording()), postbox.door.upload(recording())
    body = {"subscription": postbox.service.browser().subscription()}
    for method in ("POST", "DELETE"):
        assert fault_of(postbox.push(mine, body, method, token=postbox.door.tokens[other])) == (404, "job_not_found")
        answer = postbox.door.http.request(method, f"/api/jobs/{mine}/push", json=body)
        assert fault_of(answer) == (401, "unauthorized")


def test_a_link_only_reads(postbox: Postbox) -> None:
    job_id = postbox.door.upload(recording())
    share = postbox.door.http.post(
        f"/api/jobs/{job_id}/share", json={"expires_in_s": None, "include_media": False},
        headers=postbox.door.auth(job_id),
    ).json()  # fmt: skip
    body = {"subscription": postbox.service.browser().subscription()}
    for method in ("POST", "DELETE"):
        assert fault_of(postbox.push(job_id, body, method, token=share["token"])) == (403, "read_only")


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "https://internal.example/push"},
        {"endpoint": "https://127.0.0.1.evil.example/push"},
        {"endpoint": "http://169.254.169.254/"},
        {"endpoint": "http://127.0.0.1/" + "x" * 2000},
        {"keys": {"p256dh": "AAAA", "auth": "AAAA"}},
        {"keys": {"p256dh": "!" * 87, "auth": "A" * 22}},
        {"keys": None},
    ],
)
def test_what_is_no_subscription_is_refused(postbox: Postbox, change: dict[str, Any]) -> None:
    job_id = postbox.door.upload(recording())
    answer = postbox.push(job_id, {"subscription": postbox.service.browser().subscription() | change})
    assert fault_of(answer) == (422, "bad_request")


def test_where_there_are_no_keys_nothing_is_sent(database_url: str, tmp_path: Path) -> None:
    with open_door(database_url, tmp_path) as door:
        assert door.http.get("/api/config").json()["push"] is None
        job_id = door.upload(recording())
        body = {"subscription": Browser("http://127.0.0.1/x").subscription()}
        for method in ("POST", "DELETE"):
            answer = door.http.request(method, f"/api/jobs/{job_id}/push", json=body, headers=door.auth(job_id))
            assert fault_of(answer) == (404, "push_unavailable")
