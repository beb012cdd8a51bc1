"""The line: how many run, who is next, who is turned away, and what those who wait are told."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from threading import Barrier, Thread
from typing import Any, TypeVar
from uuid import uuid4

import pytest

from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Job
from aisubs.pipeline.jobs import Holder
from tests.pipeline.beginnings import HOLDER
from tests.pipeline.job_line import DURATION_MS, SHA, JobLine

CROWD = 50
T = TypeVar("T")


def at_once(crowd: int, act: Callable[[int], T]) -> list[T | AisubsError]:
    """What each of `crowd` threads got that started together."""
    start, got = Barrier(crowd), list[T | AisubsError]()

    def run(number: int) -> None:
        start.wait()
        try:
            got.append(act(number))
        except AisubsError as refusal:
            got.append(refusal)

    threads = [Thread(target=run, args=(number,)) for number in range(crowd)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == crowd
    return got


def refused(got: list[T | AisubsError]) -> list[AisubsError]:
    return [outcome for outcome in got if isinstance(outcome, AisubsError)]


def test_fifty_submits_at_once_never_exceed_what_one_may_upload(line: JobLine) -> None:
    got = at_once(CROWD, lambda number: line.offer(f"token {number}", address="192.0.2.1", uploads_per_owner=3))
    refusals = refused(got)
    assert len(refusals) == CROWD - 3
    assert {(r.code, r.http_status, r.retryable) for r in refusals} == {("too_many_uploads", 429, True)}
    assert {r.sentence for r in refusals} == {error("too_many_uploads", active=3, limit=3).sentence}
    assert {r.retry_after_s for r in refusals} == {15}
    assert line.count("uploading") == 3


def test_sixteen_senders_at_once_exceed_no_cap(line: JobLine) -> None:
    """Each sends four things; two may be under way of each, and twenty together."""
    got = at_once(
        64, lambda n: line.offer(f"token {n}", address=f"192.0.2.{n % 16}", uploads_per_owner=2, max_uploads=20)
    )
    assert {refusal.code for refusal in refused(got)} == {"too_many_uploads"}
    assert line.count("uploading") == 20
    per_sender = line.sql("select count(*) as n from aisubs.transcription_jobs group by uploader")
    assert max(row["n"] for row in per_sender) == 2


def test_what_is_announced_takes_no_place_in_line(line: JobLine) -> None:
    """Three announcements without bytes: a fourth person submits and is served at once."""
    for number in range(3):
        line.offer(f"idle {number}", address="192.0.2.1", queue_capacity=3)
    fourth = line.web("fourth", address="192.0.2.4", queue_capacity=3)
    dispatched = line.jobs.begin_dispatch(3, 900.0)
    assert dispatched is not None
    assert dispatched["job_id"] == fourth.job_id


def test_what_has_arrived_is_in_line_however_long_that_is(line: JobLine) -> None:
    """Ten recordings of one person, announced while there was room: the bytes of all of them are taken."""
    offers = [line.offer(f"token {number}", queue_capacity=3) for number in range(10)]
    for offer in offers:
        line.drop(f"uploads/{offer.job_id}/source.mp4")
    assert line.count("pending") == 10
    full = refused(at_once(4, lambda number: line.offer(f"late {number}", queue_capacity=3)))
    assert {(r.code, r.http_status, r.retryable, r.retry_after_s) for r in full} == {("queue_full", 429, True, 60)}
    assert {r.sentence for r in full} == {error("queue_full", active=10, limit=3).sentence}


def test_whose_uploads_are_counted_together(line: JobLine) -> None:
    def offer(token: str, address: str | None, owner_id: str | None = None) -> Job:
        holder = Holder.of([token], owner_id).as_json()
        return line.offer(token, holder=holder, address=address, uploads_per_owner=1)

    offer("first", "192.0.2.1")
    for address in ("192.0.2.1", "192.0.2.2"):
        offer(f"signed in at {address}", address, f"owner at {address}")
    offer("second", "192.0.2.2")
    offer("of no address", None)
    for token, address, owner_id in (
        ("other token", "192.0.2.1", None),
        ("other address", "203.0.113.9", "owner at 192.0.2.1"),
        ("of no address either", None, None),
        ("another library", "192.0.2.1", "library:one of many"),
    ):
        with pytest.raises(AisubsError) as caught:
            offer(token, address, owner_id)
        assert caught.value.code == "too_many_uploads"


def test_an_address_is_not_kept(line: JobLine) -> None:
    """Salted, so that nobody can look it up among all addresses; and gone with the upload."""
    job_id = line.offer(address="192.0.2.1").job_id
    kept = line.row(job_id)["uploader"]
    known = [f"address:{sha256(guess.encode()).hexdigest()}" for guess in ("192.0.2.1", "", "address:192.0.2.1")]
    assert "192.0.2.1" not in str(line.row(job_id))
    assert kept.startswith("address:")
    assert kept not in known
    line.drop(f"uploads/{job_id}/source.mp4")
    assert line.row(job_id)["uploader"] is None
    assert line.row(job_id)["upload_lease"] is None


def test_a_silent_upload_counts_no_longer_and_goes_on_all_the_same(line: JobLine) -> None:
    silent = line.offer("silent", address="192.0.2.1", uploads_per_owner=1, max_uploads=1, upload_lease_s=600.0)
    name = f"uploads/{silent.job_id}/source.mp4"
    line.passes(silent.job_id, "upload_lease", 601)
    again = line.offer("again", address="192.0.2.1", uploads_per_owner=1, max_uploads=1)
    assert line.jobs.touch_upload("bucket", name, 600.0, 3600.0), "the laptop was opened again: bytes come"
    with pytest.raises(AisubsError):
        line.offer("third", address="192.0.2.1", uploads_per_owner=2)
    line.jobs.cancel_job(again.job_id, Holder.of(["again"]), cancel_running=False)
    assert line.drop(name).status == "pending"
    assert not line.jobs.touch_upload("bucket", name, 600.0, 3600.0)
    line.offer("third", address="192.0.2.1", uploads_per_owner=1)


def test_a_sign_of_life_moves_the_deadline_and_never_back(line: JobLine) -> None:
    job_id = line.offer(upload_deadline_s=3600.0).job_id
    name = f"uploads/{job_id}/source.mp4"
    before = line.row(job_id)
    assert line.jobs.touch_upload("bucket", name, 900.0, 60.0)
    assert line.row(job_id)["upload_deadline"] == before["upload_deadline"]
    line.passes(job_id, "upload_deadline", 3500)
    assert line.jobs.touch_upload("bucket", name, 900.0, 3600.0)
    line.passes(job_id, "upload_deadline", 3500)
    assert line.jobs.expire_uploads(10) == []
    assert line.row(job_id)["version"] == before["version"], "nobody is told that time passes"


def test_fifty_dispatchers_and_workers_at_once_never_exceed_three(line: JobLine) -> None:
    for _ in range(10):
        line.drop()

    def take(number: int) -> Any:
        if number % 2:
            return line.jobs.claim_next_job(3, f"worker {number}")
        return line.jobs.begin_dispatch(3, 900.0)

    taken = [outcome for outcome in at_once(CROWD, take) if outcome is not None]
    assert len(taken) == 3
    assert line.count("processing") == 3
    assert line.jobs.startable(3) == 0
    assert line.jobs.startable(5) == 2
    assert line.jobs.startable(100) == 7


def test_submits_and_dispatches_at_once_leave_no_hole(line: JobLine) -> None:
    """Each thread submits, uploads and dispatches; whatever the order, the limits hold and nothing is lost: at most
    `capacity` were in line when the last one was announced, and what had been announced by then is in line too."""
    capacity, at_a_time = 8, 4

    def live(number: int) -> Any:
        line.web(f"token {number}", queue_capacity=capacity, max_uploads=at_a_time)
        return line.jobs.begin_dispatch(3, 900.0)

    turned_away = refused(at_once(CROWD, live))
    assert {refusal.code for refusal in turned_away} <= {"queue_full", "too_many_uploads"}
    landed = CROWD - len(turned_away)
    assert 1 <= landed <= capacity - 1 + at_a_time
    assert (line.count("processing"), line.count("pending")) == (min(3, landed), max(0, landed - 3))


def test_the_same_event_fifty_times_at_once_makes_one_job(line: JobLine) -> None:
    offered = line.offer()
    for name in ("drops/talk.mp4", f"uploads/{offered.job_id}/source.mp4"):
        jobs = at_once(CROWD, lambda _, name=name: line.drop(name))  # type: ignore[misc]
        assert len({job.job_id for job in jobs if isinstance(job, Job)}) == 1
        assert not [job for job in jobs if isinstance(job, AisubsError)]
    assert line.count("pending") == 2


def test_what_is_dropped_is_never_turned_away_and_counts(line: JobLine) -> None:
    for _ in range(5):
        line.drop()
    with pytest.raises(AisubsError, match="5 of 3"):
        line.offer(queue_capacity=3)
    state = line.jobs.queue_state(3, 3)
    assert state == {"active": 0, "pending": 5, "uploading": 0, "limit": 3, "capacity": 3, "retry_after_s": 60}


def test_a_lost_answer_to_a_submit_is_asked_for_again(line: JobLine) -> None:
    job_id = str(uuid4())
    once = {"job_id": job_id, "uploads_per_owner": 1}
    first = line.offer(**once)
    assert line.offer(**once) == first
    with pytest.raises(AisubsError) as caught:
        line.offer("another token", **once)
    assert caught.value.code == "job_not_found"


def test_lanes_take_turns(line: JobLine) -> None:
    """A thousand drops do not keep a visitor waiting."""
    drops = [line.drop(f"drops/{n}.mp4").job_id for n in range(4)]
    mine = [line.web(holder={"token_hashes": [], "owner_id": "me"}).job_id for _ in range(3)]
    anonymous = line.web("anonymous").job_id
    expected = [drops[0], mine[0], anonymous, drops[1], mine[1], drops[2], mine[2], drops[3]]

    shown = {job["job_id"]: job["position"] for job in line.sql("select * from aisubs_core.waiting_line()")}
    assert [shown_id for shown_id, _ in sorted(((str(k), v) for k, v in shown.items()), key=lambda i: i[1])] == expected
    served = []
    for _ in expected:
        claim = line.claim(concurrency=1)
        served.append(claim.job_id)
        line.jobs.fail_job(claim.job_id, claim.fence, "damaged", "No.", retryable=False)
    assert served == expected


def test_a_lane_with_work_in_hand_comes_after_one_without(line: JobLine) -> None:
    busy = [line.web(holder={"token_hashes": [], "owner_id": "busy"}).job_id for _ in range(3)]
    assert line.claim().job_id == busy[0]
    idle = line.drop().job_id
    assert line.claim().job_id == idle
    assert line.claim().job_id == busy[1]


def test_backoff_is_waited_for_and_others_go_first(line: JobLine) -> None:
    first, second = line.web("token").job_id, line.web("other").job_id
    claim = line.claim()
    assert claim.job_id == first
    line.jobs.fail_job(
        claim.job_id, claim.fence, "internal", "No.", retryable=True, max_retries=3, retry_backoff_s=60.0
    )
    assert line.jobs.get_job(first, HOLDER).position == 2
    assert line.jobs.startable(3) == 1
    assert line.claim().job_id == second
    assert line.jobs.begin_dispatch(3, 900.0) is None
    line.passes(first, "not_before", 60)
    assert line.claim().job_id == first


def test_positions_and_reasons_to_wait(line: JobLine) -> None:
    tokens = [f"token {n}" for n in range(4)]
    ids = [line.web(token).job_id for token in tokens]

    def shown() -> list[tuple[int | None, str | None]]:
        found = [line.jobs.get_job(job_id, Holder.of([token])) for job_id, token in zip(ids, tokens, strict=True)]
        return [(job.position, job.waiting_for) for job in found]

    assert shown() == [(1, None), (2, None), (3, None), (4, None)]
    line.claim(concurrency=2)
    assert shown() == [(None, None), (1, None), (2, None), (3, None)]
    line.claim(concurrency=2)
    assert shown() == [(None, None), (None, None), (1, "slot"), (2, "slot")]
    listed = line.jobs.list_jobs(Holder.of(tokens), 1, 10, {"statuses": ["pending"]})
    assert [(job["job_id"], job["position"]) for job in listed] == [(ids[3], 2), (ids[2], 1)]


def test_estimates_come_from_history_then_from_the_worker(line: JobLine) -> None:
    waiting = line.web()
    assert waiting.eta_s is None  # nothing was ever measured
    line.claim()
    assert line.jobs.get_job(waiting.job_id, HOLDER).eta_s is None
    line.jobs.cancel_job(waiting.job_id, HOLDER, cancel_running=True)

    line.finished("other")  # ran at a tenth of real time
    own_s = DURATION_MS / 10_000
    tokens = [f"token {n}" for n in range(5)]
    ids = [line.web(token).job_id for token in tokens]
    line.claim(concurrency=2)
    running = line.claim(concurrency=2)

    def eta_s(number: int) -> float | None:
        return line.jobs.get_job(ids[number], Holder.of([tokens[number]])).eta_s

    assert eta_s(1) == pytest.approx(own_s)
    assert [eta_s(n) for n in (2, 3, 4)] == pytest.approx(
        [own_s * 2 / 2 + own_s, own_s * 3 / 2 + own_s, own_s * 4 / 2 + own_s]
    )
    line.save(running, 0, 0)  # says that 60 s remain
    line.passes(running.job_id, "remaining_at", 20)
    assert eta_s(1) == pytest.approx(40, abs=5)
    line.passes(running.job_id, "remaining_at", 600)
    assert eta_s(1) == 0
    assert line.jobs.queue_state(2, 3)["retry_after_s"] == 5


def test_an_unknown_recording_ahead_makes_the_wait_unknown(line: JobLine) -> None:
    line.finished("other")
    line.drop(duration_ms=None, file_size_bytes=900_000_000)
    line.claim(concurrency=1)
    assert line.web().eta_s is None


def test_a_recording_of_unknown_length_is_judged_by_its_size(line: JobLine) -> None:
    line.finished("other")
    offered = line.offer()
    landed = line.drop(f"uploads/{offered.job_id}/source.mp4", duration_ms=None)
    assert landed.eta_s == pytest.approx(DURATION_MS / 10_000)


def test_a_cached_submit_is_welcome_when_the_line_is_full(line: JobLine) -> None:
    line.finished()
    line.drop()
    assert line.offer(video_hash=SHA, queue_capacity=1).cached
    with pytest.raises(AisubsError, match="1 of 1"):
        line.offer(queue_capacity=1)
