"""What writing down the rules of tests/state_machine has shown: of jobs that go while others need what they have."""

from __future__ import annotations

import pytest

from aisubs.model.errors import AisubsError
from aisubs.pipeline.jobs import Holder
from tests.pipeline.job_line import SHA, JobLine, window

WEEK_S = 7 * 24 * 3600.0
US = {"token_hashes": [], "owner_id": "us"}


def test_a_kept_twin_has_its_text_when_the_first_and_the_heir_go_at_once(line: JobLine) -> None:
    """The heir's row was read before it became one."""
    first = line.finished("mine", holder=US)
    kept = line.offer("yours", holder=US, video_hash=SHA)
    line.jobs.update_job(kept.job_id, Holder.of(["yours"]), {"keep": True})
    heir = line.offer("theirs", holder=US, video_hash=SHA)
    for job in (first, kept, heir):
        line.passes(job.job_id, "created_at", 2 * WEEK_S)
    for tomb in line.jobs.expire_jobs(WEEK_S / 3600, 100):
        line.jobs.forget_job(tomb["job_id"])
    assert line.windows(kept.job_id) == [window(0), window(1), window(2)]
    result = line.result(kept.job_id)
    assert result is not None
    assert line.sql("select job_id::text from aisubs.job_results") == [{"job_id": kept.job_id}]


def test_the_announcement_of_a_twin_that_is_gone_makes_no_other(line: JobLine) -> None:
    line.finished("mine", holder=US)
    twin = line.offer("yours", holder=US, video_hash=SHA)
    line.jobs.delete_job(twin.job_id, Holder.of(["yours"]))
    for _ in ("before its row is gone", "and afterwards"):
        with pytest.raises(AisubsError) as refused:
            line.offer("yours", holder=US, video_hash=SHA, job_id=twin.job_id)
        assert refused.value.code == "job_not_found"
        line.jobs.forget_job(twin.job_id)
