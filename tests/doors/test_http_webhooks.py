"""Webhooks of an owner: made, tested, rotated, disabled; what is told when, and what becomes of what is not taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aisubs.pipeline.send_webhooks import send_webhooks
from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.doubles.webhook_receiver import Behaviour, WebhookReceiver
from tests.scripted_engine import ScriptedEngine

MINE, OTHER = ({"Authorization": f"Bearer lib_{letter * 26}"} for letter in "ab")


@dataclass
class Desk:
    door: Door
    receiver: WebhookReceiver

    def make(self, **said: Any) -> str:
        made = self.door.http.post("/api/webhooks", json={"url": f"{self.receiver.url}/hook"} | said, headers=MINE)
        assert made.status_code == 201, made.text
        self.receiver.secret = made.json()["secret"]
        return str(made.json()["webhook_id"])

    def sweep(self) -> int:
        assert self.door.app.webhooks is not None
        return send_webhooks(jobs=self.door.app.jobs, webhooks=self.door.app.webhooks)

    def listed(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.door.http.get("/api/webhooks", headers=MINE).json()["webhooks"]
        return found

    def log(self, webhook_id: str, headers: dict[str, str] = MINE) -> list[dict[str, Any]]:
        answer = self.door.http.get(f"/api/webhooks/{webhook_id}/deliveries", headers=headers)
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    def later(self) -> None:
        """As if the next attempt were due."""
        self.door.workshop.sql("update aisubs.webhook_messages set due_at = now() where due_at is not null")

    def upload(self, data: bytes) -> str:
        said = {"filename": "talk.wav", "file_size_bytes": len(data)}
        offer = self.door.http.post("/api/jobs/submit", json=said, headers=MINE).json()
        self.door.tokens[offer["job_id"]] = offer["access_token"]
        self.door.http.put(offer["upload"]["url"], content=data)
        return str(offer["job_id"])

    def told(self) -> list[tuple[str, str]]:
        return [(taken.message["type"], taken.message["data"].get("job_id")) for taken in self.receiver.taken]


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with open_door(database_url, tmp_path, webhook_loopback=True) as door, WebhookReceiver() as receiver:
        yield Desk(door, receiver)


def test_what_becomes_of_jobs_is_told_to_their_owner(desk: Desk) -> None:
    desk.make()
    good, bad = desk.upload(recording()), desk.upload(b"no recording" * 99)
    strangers = desk.door.upload(recording())
    desk.door.workshop.work(ScriptedEngine())
    assert desk.sweep() == 2
    desk.door.delete(good)
    desk.door.delete(strangers)
    assert (desk.sweep(), desk.sweep()) == (1, 0)
    assert sorted(desk.told()) == sorted([("job.failed", bad), ("job.completed", good), ("job.deleted", good)])
    assert len({taken.message_id for taken in desk.receiver.taken}) == 3
    failed = next(taken.message for taken in desk.receiver.taken if taken.message["type"] == "job.failed")
    assert (failed["data"]["filename"], failed["data"]["error_code"]) == ("talk.wav", "not_media")


def test_only_what_was_asked_for(desk: Desk) -> None:
    desk.make(events=["job.failed"])
    desk.upload(recording())
    desk.door.workshop.work(ScriptedEngine())
    assert desk.sweep() == 0


def test_what_is_not_taken_is_tried_for_three_days_and_then_no_more(desk: Desk) -> None:
    hook = desk.make()
    desk.receiver.behaviour = Behaviour(500, b"down")
    desk.upload(b"no recording" * 99)
    for attempt in range(1, 11):
        assert desk.sweep() == 0
        (message,) = desk.log(hook)
        assert (message["attempts"], message["outcome"], message["answered"]) == (attempt, "again", "500 down")
        assert (message["due_at"] is None) is (attempt == 10)
        assert desk.sweep() == 0, "not before it is due"
        desk.later()
    (shown,) = desk.listed()
    assert (shown["disabled_at"] is None, shown["disabled_because"]) == (False, "500 down")
    desk.upload(b"no recording" * 98)
    assert len(desk.log(hook)) == 1, "nothing is kept for it any more"
    desk.receiver.behaviour = Behaviour()
    assert desk.door.http.post(f"/api/webhooks/{hook}/test", headers=MINE).status_code == 202
    assert (desk.sweep(), desk.listed()[0]["disabled_at"]) == (1, None)
    assert desk.told()[-1] == ("test", None)


def test_who_says_gone_is_told_nothing_more(desk: Desk) -> None:
    hook = desk.make()
    desk.receiver.behaviour = Behaviour(410)
    for number in range(3):
        desk.upload(b"no recording" * (50 + number))
    desk.sweep()
    attempts = len(desk.receiver.taken)
    desk.later()
    desk.sweep()
    assert len(desk.receiver.taken) == attempts
    assert desk.listed()[0]["disabled_because"] == "410"
    assert all(message["due_at"] is None for message in desk.log(hook))


def test_secrets_are_changed_without_a_gap(desk: Desk) -> None:
    hook = desk.make()
    old = desk.receiver.secret
    rotated = desk.door.http.post(f"/api/webhooks/{hook}/rotate", headers=MINE).json()
    assert rotated["secret"].startswith("whsec_")
    for secret in (old, rotated["secret"]):
        desk.receiver.secret = secret
        desk.door.http.post(f"/api/webhooks/{hook}/test", headers=MINE)
        assert desk.sweep() == 1
    desk.door.workshop.sql("update aisubs.webhooks set former_until = now()")
    desk.receiver.secret = old
    desk.door.http.post(f"/api/webhooks/{hook}/test", headers=MINE)
    assert desk.sweep() == 0
    assert old not in str(desk.listed())
    assert rotated["secret"] not in str(desk.listed())


def test_a_webhook_is_its_owners_alone(desk: Desk) -> None:
    hook = desk.make()
    http = desk.door.http
    assert http.get("/api/webhooks", headers=OTHER).json() == {"webhooks": []}
    assert desk.log(hook, OTHER) == []
    for method, path in (("DELETE", ""), ("POST", "/rotate"), ("POST", "/test")):
        assert fault_of(http.request(method, f"/api/webhooks/{hook}{path}", headers=OTHER)) == (404, "not_found")
        assert fault_of(http.request(method, f"/api/webhooks/{hook}{path}")) == (401, "unauthorized")
    single = desk.door.auth(desk.door.upload(recording()))
    assert fault_of(http.post("/api/webhooks", json={"url": f"{desk.receiver.url}/"}, headers=single)) == (
        403, "webhook_owner")  # fmt: skip
    assert http.delete(f"/api/webhooks/{hook}", headers=MINE).status_code == 204
    assert desk.listed() == []


def test_where_nothing_may_be_sent_and_how_many_there_may_be(desk: Desk) -> None:
    for url in ("http://example.org/", "https://10.0.0.1/", "https://169.254.169.254/", "https://a..b/", "x"):
        refused = desk.door.http.post("/api/webhooks", json={"url": url}, headers=MINE)
        assert fault_of(refused) == (422, "bad_request"), url
    for _ in range(10):
        desk.make()
    refused = desk.door.http.post("/api/webhooks", json={"url": f"{desk.receiver.url}/"}, headers=MINE)
    assert fault_of(refused) == (409, "too_many_webhooks")


def test_two_senders_send_no_message_twice(desk: Desk) -> None:
    hook = desk.make()
    desk.door.http.post(f"/api/webhooks/{hook}/test", headers=MINE)
    (mine,) = desk.door.app.jobs.claim_webhooks(9, 0.0)
    (theirs,) = desk.door.app.jobs.claim_webhooks(9, 120.0)
    assert desk.door.app.jobs.claim_webhooks(9, 120.0) == []
    desk.door.app.jobs.record_webhook(mine["message_id"], mine["claim"], "gone", "late")
    assert desk.listed()[0]["disabled_at"] is None
    desk.door.app.jobs.record_webhook(theirs["message_id"], theirs["claim"], "sent", "200")
    assert [message["outcome"] for message in desk.log(hook)] == ["sent"]
