"""What a worker may write, and when it may not: claims, fences, checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest

from aisubs.model.errors import AisubsError, LostLease
from aisubs.model.job import Stage
from aisubs.pipeline.jobs import Claim, Jobs
from aisubs.ports import SpeakerChunk
from tests.pipeline.beginnings import HOLDER
from tests.pipeline.job_line import DURATION_MS, SHA, WINDOW_MS, JobLine, window

RETRIES: dict[str, Any] = {"max_retries": 3, "retry_backoff_s": 10.0}

WRITES: dict[str, Callable[[Jobs, Claim], Any]] = {
    "heartbeat": lambda jobs, c: jobs.heartbeat(c.job_id, c.fence),
    "set_stage": lambda jobs, c: jobs.set_stage(c.job_id, c.fence, "writing"),
    "save_windows": lambda jobs, c: jobs.save_windows(
        c.job_id, c.fence, [window(0)], {}, language="en", remaining_ms=1
    ),
    "save_speaker_chunks": lambda jobs, c: jobs.save_speaker_chunks(
        c.job_id, c.fence, [SpeakerChunk(0, 0, 10_000, b"voice")], {}, diarized_ms=10_000, remaining_ms=None
    ),
    "save_voices": lambda jobs, c: jobs.save_voices(c.job_id, c.fence, []),
    "discard_speaker_chunks": lambda jobs, c: jobs.discard_speaker_chunks(c.job_id, c.fence),
    "discard_windows": lambda jobs, c: jobs.discard_windows(c.job_id, c.fence),
    "adopt_result": lambda jobs, c: jobs.adopt_result(c.job_id, c.fence, SHA),
    "complete_job": lambda jobs, c: jobs.complete_job(
        c.job_id, c.fence, duration_ms=1, content_sha256=SHA, files=[], coverage={}, model="m", audio_ms=1, wall_ms=1
    ),
    "fail_job": lambda jobs, c: jobs.fail_job(c.job_id, c.fence, "internal", "No.", retryable=True, **RETRIES),
    "release_job": lambda jobs, c: jobs.release_job(c.job_id, c.fence),
}


@pytest.mark.parametrize("write", WRITES)
def test_a_zombie_changes_nothing(line: JobLine, write: str) -> None:
    """It was paused, its lease was taken over, the job is being worked on by another; then it wakes."""
    line.drop()
    zombie = line.claim("zombie")
    line.save(zombie, 0, 0)
    line.passes(zombie.job_id, "last_seen", 91)
    line.jobs.recover_stale(batch=1, stale_after_s=90.0, max_retries=3, retry_backoff_s=0.0)
    before = line.everything()
    with pytest.raises(LostLease):
        WRITES[write](line.jobs, zombie)
    assert line.everything() == before

    line.save(line.claim("heir"), 1, 1)
    before = line.everything()
    with pytest.raises(LostLease):
        WRITES[write](line.jobs, zombie)
    assert line.everything() == before


@pytest.mark.parametrize("write", WRITES)
def test_the_owner_stops_a_running_job(line: JobLine, write: str) -> None:
    job = line.web()
    claim = line.claim()
    with pytest.raises(AisubsError, match="runs to its end"):
        line.jobs.cancel_job(job.job_id, HOLDER, cancel_running=False)
    line.jobs.cancel_job(job.job_id, HOLDER, cancel_running=True)
    with pytest.raises(LostLease):
        WRITES[write](line.jobs, claim)


def test_one_dispatch_is_claimed_once(line: JobLine) -> None:
    line.drop()
    dispatch = line.jobs.begin_dispatch(3, 900.0)
    assert dispatch is not None
    start, claims = Barrier(8), []

    def claim(number: int) -> None:
        start.wait()
        claims.append(line.jobs.claim_job(dispatch["job_id"], dispatch["dispatch_id"], f"worker {number}"))

    threads = [Thread(target=claim, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claims) == 8
    assert sum(claim is not None for claim in claims) == 1


def test_the_same_execution_may_claim_again_and_its_first_claim_is_void(line: JobLine) -> None:
    line.drop()
    dispatch = line.jobs.begin_dispatch(3, 900.0)
    assert dispatch is not None
    first = line.jobs.claim_job(dispatch["job_id"], dispatch["dispatch_id"], "worker")
    again = line.jobs.claim_job(dispatch["job_id"], dispatch["dispatch_id"], "worker")
    assert first
    assert again
    assert dispatch["fence"] < first.fence < again.fence
    with pytest.raises(LostLease):
        line.jobs.heartbeat(first.job_id, first.fence)
    line.jobs.heartbeat(again.job_id, again.fence)


def test_a_dispatch_alone_gives_no_right_to_write(line: JobLine) -> None:
    line.drop()
    dispatch = line.jobs.begin_dispatch(3, 900.0)
    assert dispatch is not None
    with pytest.raises(LostLease):
        line.jobs.heartbeat(dispatch["job_id"], dispatch["fence"])


def test_a_claim_tells_where_to_go_on(line: JobLine) -> None:
    job = line.drop(options={"language": "de"}, generation=7, filename="größe 🙂.mp4")
    first = line.claim()
    assert (first.windows, first.progress_ms, first.resume_state, first.language) == (0, 0, None, None)
    assert (first.filename, first.generation, first.options.language) == ("größe 🙂.mp4", 7, "de")
    line.save(first, 0, 1, language="de")
    line.jobs.release_job(first.job_id, first.fence)
    second = line.claim()
    assert (second.job_id, second.windows, second.progress_ms) == (job.job_id, 2, 2 * WINDOW_MS)
    assert (second.resume_state, second.language) == ({"next": 2}, "de")


def test_windows_are_saved_once_and_come_back_as_they_were(line: JobLine) -> None:
    line.drop()
    claim = line.claim()
    line.save(claim, 0, 1)
    line.save(claim, 0, 1)
    line.save(claim, 1, 2)
    assert line.windows(claim.job_id, 0, 100) == [window(0), window(1), window(2)]
    assert line.windows(claim.job_id, 1, 1) == [window(1)]
    assert line.row(claim.job_id)["windows"] == 3


@pytest.mark.parametrize("windows", [[window(2)], [window(1), window(3)], [window(1, 19_000)], [window(2), window(1)]])
def test_a_gap_is_refused_whole(line: JobLine, windows: list[Any]) -> None:
    line.drop()
    claim = line.claim()
    line.save(claim, 0, 0)
    before = line.everything()
    arguments: dict[str, Any] = {"language": None, "remaining_ms": None}
    if [w.seq for w in windows] == [2, 1]:  # order in the call does not matter, only in the recording
        line.jobs.save_windows(claim.job_id, claim.fence, windows, {}, **arguments)
        assert line.row(claim.job_id)["windows"] == 3
        return
    with pytest.raises(AisubsError) as caught:
        line.jobs.save_windows(claim.job_id, claim.fence, windows, {"lost": True}, **arguments)
    assert caught.value.code == "illegal_move"
    assert line.everything() == before


def test_progress_never_falls_while_the_job_lives(line: JobLine) -> None:
    job = line.web()
    claim = line.claim()
    seen = []

    def look() -> None:
        shown = line.jobs.get_job(job.job_id, HOLDER)
        seen.append((shown.progress, shown.progress_ms))

    for seq in (0, 1):
        line.save(claim, seq, seq)
        look()
    line.jobs.discard_windows(claim.job_id, claim.fence)
    assert line.windows(job.job_id, 0, 9) == []
    look()
    for seq in (0, 1):
        line.save(claim, seq, seq)
        look()
    line.jobs.set_stage(
        claim.job_id, claim.fence, Stage.WRITING, duration_ms=2 * DURATION_MS
    )  # longer than the header said
    look()
    line.jobs.fail_job(claim.job_id, claim.fence, "internal", "No.", retryable=True, max_retries=3, retry_backoff_s=0.0)
    look()
    claim = line.claim()
    line.save(claim, 2, 5)
    look()
    line.complete(claim, duration_ms=2 * DURATION_MS)
    look()
    assert seen == sorted(seen)
    assert seen[0] == (33, WINDOW_MS)
    assert seen[-2:] == [(99, 2 * DURATION_MS), (100, 2 * DURATION_MS)]
