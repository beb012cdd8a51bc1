"""How processing ends: published, failed, handed over; and what is learnt from it."""

from __future__ import annotations

import pytest

from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Status
from tests.pipeline.beginnings import HOLDER
from tests.pipeline.job_line import DURATION_MS, WINDOW_MS, JobLine, window


@pytest.mark.parametrize("duration_ms", [DURATION_MS, DURATION_MS - 1, DURATION_MS + 1, 2 * WINDOW_MS])
def test_only_windows_that_tile_the_recording_are_published(line: JobLine, duration_ms: int) -> None:
    line.drop()
    claim = line.claim()
    line.save(claim, 0, 2)
    if duration_ms == DURATION_MS:
        line.complete(claim, duration_ms=duration_ms)
        assert line.row(claim.job_id)["status"] == "completed"
        return
    with pytest.raises(AisubsError) as caught:
        line.complete(claim, duration_ms=duration_ms)
    assert caught.value.code == "incomplete"
    assert line.row(claim.job_id)["status"] == "processing"


def test_a_hole_in_the_saved_windows_is_found_even_so(line: JobLine) -> None:
    line.drop()
    claim = line.claim()
    line.save(claim, 0, 2)
    line.sql("delete from aisubs.transcript_windows where seq = 1")
    with pytest.raises(AisubsError, match="does not cover"):
        line.complete(claim)


def test_publishing_twice_under_one_fence_is_fine(line: JobLine) -> None:
    line.drop()
    claim = line.claim()
    line.save(claim, 0, 2)
    line.complete(claim)
    before = line.everything()
    line.complete(claim)
    assert line.everything() == before
    assert line.result(claim.job_id) == {
        "files": [{"format": "srt", "key": f"results/{claim.job_id}/{claim.fence}/talk.srt", "size_bytes": 9}],
        "coverage": {"transcribed_ms": DURATION_MS},
        "language": "en",
        "duration_ms": DURATION_MS,
        "model": "toy",
        "fence": claim.fence,
    }


def test_handing_over_twice_without_a_new_window_fails(line: JobLine) -> None:
    job = line.web()
    for _ in range(5):
        claim = line.claim()
        line.save(claim, claim.windows, claim.windows, ms=1000)
        assert line.jobs.release_job(claim.job_id, claim.fence) == "pending"
    for _ in range(3):
        claim = line.claim()
        assert line.jobs.release_job(claim.job_id, claim.fence, out_of_time=False) == "pending"
    claim = line.claim()
    assert line.jobs.release_job(claim.job_id, claim.fence) == "failed"
    failed = line.jobs.get_job(job.job_id, HOLDER)
    assert (failed.error_code, failed.retryable, failed.retry_count) == ("no_progress", True, 0)
    assert failed.error_message == error("no_progress").sentence

    line.jobs.retry_job(job.job_id, HOLDER, 3)
    claim = line.claim()
    assert claim.windows == 5
    assert line.jobs.release_job(claim.job_id, claim.fence) == "pending"


def test_a_lasting_fault_fails_at_once_and_keeps_what_was_heard(line: JobLine) -> None:
    job = line.web()
    claim = line.claim()
    line.save(claim, 0, 0)
    line.jobs.fail_job(claim.job_id, claim.fence, "damaged", "It is damaged.", retryable=False)
    failed = line.jobs.get_job(job.job_id, HOLDER)
    assert (failed.status, failed.error_code, failed.error_message) == (Status.FAILED, "damaged", "It is damaged.")
    assert failed.retryable is False
    assert line.windows(job.job_id, 0, 9) == [window(0)]


def test_no_machine_means_a_longer_wait_each_time_and_no_retry(line: JobLine) -> None:
    job = line.web()
    waits = []
    for _ in range(8):
        dispatch = line.jobs.begin_dispatch(3, 900.0)
        assert dispatch is not None
        line.jobs.return_dispatch(job.job_id, dispatch["dispatch_id"], 20.0)
        line.jobs.return_dispatch(job.job_id, dispatch["dispatch_id"], 20.0)  # the same news again
        row = line.sql(
            "select round(extract(epoch from not_before - dispatched_at))::int as s from aisubs.transcription_jobs"
        )
        waits.append(row[0]["s"])
        assert line.jobs.get_job(job.job_id, HOLDER).waiting_for == "gpu"
        line.passes(job.job_id, "not_before", 600)
    assert waits[:4] == [20, 40, 80, 160]
    assert waits[5:] == [600, 600, 600]
    assert line.row(job.job_id)["retry_count"] == 0
    line.claim()
    assert line.row(job.job_id)["returned_dispatches"] == 0


def test_a_claimed_job_is_not_given_back(line: JobLine) -> None:
    line.drop()
    dispatch = line.jobs.begin_dispatch(3, 900.0)
    assert dispatch is not None
    claim = line.jobs.claim_job(dispatch["job_id"], dispatch["dispatch_id"], "worker")
    line.jobs.return_dispatch(dispatch["job_id"], dispatch["dispatch_id"], 20.0)
    assert claim
    line.jobs.heartbeat(claim.job_id, claim.fence)


def test_durations_are_learnt_and_never_stand_in_the_way(line: JobLine) -> None:
    line.finished()
    stats = line.sql("select * from aisubs.job_duration_stats")
    assert [(s["model"], s["file_size_bucket"], s["sample_count"]) for s in stats] == [("toy", "0-100MB", 1)]
    assert stats[0]["wall_ms_per_audio_ms"] == pytest.approx(0.1)
    assert stats[0]["avg_duration_seconds"] == pytest.approx(DURATION_MS / 10_000)
    line.drop()
    claim = line.claim()
    line.save(claim, 0, 2)
    line.complete(claim, wall_ms=DURATION_MS * 3 // 10)
    after = line.sql("select * from aisubs.job_duration_stats")[0]
    assert (after["sample_count"], after["wall_ms_per_audio_ms"]) == (2, pytest.approx(0.2))

    line.sql("alter table aisubs.job_duration_stats add check (sample_count < 3)")
    line.drop()
    claim = line.claim()
    line.save(claim, 0, 2)
    line.complete(claim)
    assert line.row(claim.job_id)["status"] == "completed"
    assert line.sql("select sample_count from aisubs.job_duration_stats") == [{"sample_count": 2}]
