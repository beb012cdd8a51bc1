"""Who is told when a job is over: once for each end, by one sender at a time, and never at the cost of the move."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from aisubs.model.errors import AisubsError
from aisubs.pipeline.jobs import Holder
from tests.pipeline.beginnings import HOLDER
from tests.pipeline.job_line import JobLine

PHONE, LAPTOP = "https://push.example/phone", "https://push.example/laptop"


def subscribe(line: JobLine, job_id: str, endpoint: str = PHONE, language: str = "de") -> None:
    line.jobs.subscribe_push(job_id, HOLDER, endpoint, "key", "secret", language)


def finish(line: JobLine) -> None:
    claim = line.claim()
    line.save(claim, 0, 2)
    line.complete(claim)


def claimed(line: JobLine, lease_s: float = 60.0) -> list[dict[str, Any]]:
    return line.jobs.claim_pushes(10, lease_s)


def due_in_s(line: JobLine) -> list[int]:
    rows = line.sql(
        "select round(extract(epoch from due_at - now()))::integer as s from aisubs.push_subscriptions "
        "where due_at is not null order by 1"
    )
    return [row["s"] for row in rows]


def about(seconds: int) -> Any:
    """A loaded machine may take a while between two statements."""
    return pytest.approx(seconds, abs=25)


def passes(line: JobLine, interval: str) -> None:
    line.sql(
        "update aisubs.push_subscriptions set due_at = due_at - %s::interval, due_since = due_since - %s::interval",
        interval, interval,
    )  # fmt: skip


def test_a_completed_job_is_told_of_once(line: JobLine) -> None:
    job = line.web()
    subscribe(line, job.job_id)
    claim = line.claim()
    line.save(claim, 0, 2)
    assert claimed(line) == []
    line.complete(claim)
    (push,) = claimed(line)
    assert push | {"subscription_id": "", "claim": 0} == {
        "subscription_id": "", "claim": 0, "endpoint": PHONE, "p256dh": "key", "auth": "secret", "language": "de",
        "job_id": job.job_id, "status": "completed", "filename": "talk.mp4", "losses": None,
    }  # fmt: skip
    assert claimed(line) == [], "it is ours for a while"
    line.jobs.record_push(push["subscription_id"], push["claim"], "sent")
    passes(line, "1 hour")
    assert claimed(line) == []


def test_a_failed_one_too_and_again_when_a_retry_is_over(line: JobLine) -> None:
    job = line.web()
    subscribe(line, job.job_id)
    claim = line.claim()
    line.jobs.fail_job(claim.job_id, claim.fence, "engine_failed", "A sentence.", retryable=True, retry_backoff_s=0.0)
    assert claimed(line) == [], "it is in line again"
    claim = line.claim()
    line.jobs.fail_job(claim.job_id, claim.fence, "damaged", "A sentence.", retryable=False)
    (push,) = claimed(line)
    assert push["status"] == "failed"
    line.jobs.record_push(push["subscription_id"], push["claim"], "sent")
    line.jobs.retry_job(job.job_id, HOLDER, 10)
    finish(line)
    assert [push["status"] for push in claimed(line)] == ["completed"]


def test_what_is_in_line_again_is_not_told_of_any_more(line: JobLine) -> None:
    job = line.web()
    subscribe(line, job.job_id)
    claim = line.claim()
    line.jobs.fail_job(claim.job_id, claim.fence, "damaged", "A sentence.", retryable=False)
    (late,) = claimed(line, lease_s=0.0)
    line.jobs.retry_job(job.job_id, HOLDER, 10)
    assert claimed(line) == []
    finish(line)
    line.jobs.record_push(late["subscription_id"], late["claim"], "sent")  # of the failure, and too late
    assert [push["status"] for push in claimed(line)] == ["completed"]


def test_a_job_that_ends_otherwise_is_not_told_of(line: JobLine) -> None:
    job = line.web()
    subscribe(line, job.job_id)
    line.jobs.cancel_job(job.job_id, HOLDER, cancel_running=False)
    assert claimed(line) == []


def test_each_device_once_with_its_newest_keys(line: JobLine) -> None:
    job = line.web()
    for endpoint in (PHONE, LAPTOP, PHONE):
        subscribe(line, job.job_id, endpoint)
    line.jobs.subscribe_push(job.job_id, HOLDER, PHONE, "newer key", "newer secret", "en")
    finish(line)
    pushes = {push["endpoint"]: push for push in claimed(line)}
    assert set(pushes) == {PHONE, LAPTOP}
    assert (pushes[PHONE]["p256dh"], pushes[PHONE]["auth"], pushes[PHONE]["language"]) == (
        "newer key", "newer secret", "en",
    )  # fmt: skip


def test_who_leaves_is_not_told(line: JobLine) -> None:
    job = line.web()
    subscribe(line, job.job_id, PHONE)
    subscribe(line, job.job_id, LAPTOP)
    line.jobs.unsubscribe_push(job.job_id, HOLDER, PHONE)
    line.jobs.unsubscribe_push(job.job_id, HOLDER, PHONE)
    finish(line)
    assert [push["endpoint"] for push in claimed(line)] == [LAPTOP]


def test_only_the_newest_devices_are_kept(line: JobLine) -> None:
    job, other = line.web(), line.web("other")
    line.jobs.subscribe_push(other.job_id, Holder.of(["other"]), PHONE, "key", "secret", "en")
    for number in range(23):
        subscribe(line, job.job_id, f"https://push.example/{number:02}")
    kept = line.sql("select endpoint from aisubs.push_subscriptions where job_id = %s order by 1", job.job_id)
    assert [row["endpoint"][-2:] for row in kept] == [f"{number:02}" for number in range(3, 23)]
    assert line.sql("select count(*) from aisubs.push_subscriptions where job_id = %s", other.job_id) == [{"count": 1}]


def test_strangers_cannot_subscribe(line: JobLine) -> None:
    job = line.web()
    subscribe(line, job.job_id)
    for change in (
        lambda: line.jobs.subscribe_push(job.job_id, Holder.of(["stranger"]), LAPTOP, "key", "secret", "en"),
        lambda: line.jobs.unsubscribe_push(job.job_id, Holder.of(["stranger"]), PHONE),
    ):
        with pytest.raises(AisubsError) as refused:
            change()
        assert refused.value.code == "job_not_found"
    assert line.sql("select endpoint from aisubs.push_subscriptions") == [{"endpoint": PHONE}]


def test_many_senders_send_each_message_once(line: JobLine) -> None:
    jobs = [line.web() for _ in range(10)]
    for job in jobs:
        for number in range(5):
            subscribe(line, job.job_id, f"https://push.example/{number}")
        finish(line)
    with ThreadPoolExecutor(8) as pool:
        rounds = list(pool.map(lambda _: line.jobs.claim_pushes(7, 60.0), range(16)))
    ids = [push["subscription_id"] for round_ in rounds for push in round_]
    assert len(ids) == len(set(ids)) == 50


def test_a_sender_that_dies_is_followed_by_another(line: JobLine) -> None:
    job = line.web()
    subscribe(line, job.job_id)
    finish(line)
    (dead,) = claimed(line)
    passes(line, "61 seconds")
    (alive,) = claimed(line)
    assert alive["subscription_id"] == dead["subscription_id"]
    for outcome in ("gone", "sent"):
        line.jobs.record_push(dead["subscription_id"], dead["claim"], outcome)  # it had only been slow
    line.jobs.record_push(alive["subscription_id"], alive["claim"], "again")
    assert due_in_s(line) == [about(61)]


def test_a_device_that_is_gone_is_forgotten(line: JobLine) -> None:
    job = line.web()
    subscribe(line, job.job_id)
    finish(line)
    (push,) = claimed(line)
    line.jobs.record_push(push["subscription_id"], push["claim"], "gone")
    assert line.sql("select * from aisubs.push_subscriptions") == []


def test_what_is_refused_is_not_tried_again_but_the_device_stays(line: JobLine) -> None:
    job = line.web()
    subscribe(line, job.job_id)
    finish(line)
    (push,) = claimed(line)
    line.jobs.record_push(push["subscription_id"], push["claim"], "refused")
    assert due_in_s(line) == []
    assert line.sql("select count(*) from aisubs.push_subscriptions") == [{"count": 1}]


def test_a_service_that_is_down_is_asked_less_and_less_often_for_a_day(line: JobLine) -> None:
    job = line.web()
    subscribe(line, job.job_id)
    finish(line)
    waits = []
    for passed in ("0 seconds", "30 seconds", "1 hour", "20 hours"):
        passes(line, passed)
        (push,) = claimed(line, lease_s=0.0)
        line.jobs.record_push(push["subscription_id"], push["claim"], "again")
        waits += due_in_s(line)
    assert waits == [about(30), about(30), about(3600), about(3600)]
    passes(line, "1 hour")
    (push,) = claimed(line, lease_s=0.0)
    line.jobs.record_push(push["subscription_id"], push["claim"], "again", 5000.0)
    assert due_in_s(line) == [about(5000)], "it said so itself"
    passes(line, "3 hours")
    assert claimed(line) == []
    assert due_in_s(line) == [], "after a day nobody wants to know"


def test_a_deleted_job_is_not_told_of(line: JobLine) -> None:
    job = line.web()
    subscribe(line, job.job_id)
    finish(line)
    line.jobs.delete_job(job.job_id, HOLDER)
    assert claimed(line) == []
    line.jobs.forget_job(job.job_id)
    assert line.sql("select * from aisubs.push_subscriptions") == []


def test_an_outbox_that_is_broken_does_not_undo_the_move(line: JobLine) -> None:
    job = line.web()
    subscribe(line, job.job_id)
    line.sql("alter table aisubs.push_subscriptions add constraint broken check (due_at is null) not valid")
    finish(line)
    assert line.row(job.job_id)["status"] == "completed"
