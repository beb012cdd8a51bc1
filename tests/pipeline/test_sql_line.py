"""The line: how many run, who is next, who is turned away, and what those who wait are told."""

from __future__ import annotations

from collections.abc import Callable
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


def test_fifty_submits_at_once_never_exceed_the_capacity(line: JobLine) -> None:
    got = at_once(CROWD, lambda number: line.offer(f"token {number}", queue_capacity=3))
    refusals = [outcome for outcome in got if isinstance(outcome, AisubsError)]
    assert len(refusals) == CROWD - 3
    assert {(r.code, r.http_status, r.retryable) for r in refusals} == {("queue_full", 429, True)}
    assert {r.sentence for r in refusals} == {error("queue_full", active=3, limit=3).sentence}
    assert {r.retry_after_s for r in refusals} == {60}
    assert line.count("uploading") == 3


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
    """Each thread submits, uploads and dispatches; whatever the order, both limits hold and nothing is lost."""

    def live(number: int) -> Any:
        line.web(f"token {number}", queue_capacity=8)
        return line.jobs.begin_dispatch(3, 900.0)

    got = at_once(CROWD, live)
    assert sum(isinstance(outcome, AisubsError) for outcome in got) == CROWD - 8
    assert (line.count("processing"), line.count("pending")) == (3, 5)


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
    first = line.offer(job_id=job_id, queue_capacity=1)
    assert line.offer(job_id=job_id, queue_capacity=1) == first
    with pytest.raises(AisubsError) as caught:
        line.offer("another token", job_id=job_id, queue_capacity=1)
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
    listed = line.jobs.list_jobs(Holder.of(tokens), 1, 10, ["pending"])
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
