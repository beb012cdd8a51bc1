"""Versions of one dropped file: the newest counts, whatever was begun for older ones, in whatever order they land."""

from __future__ import annotations

import pytest

from aisubs.model.errors import AisubsError
from aisubs.pipeline.jobs import Holder
from tests.pipeline.beginnings import HOLDER
from tests.pipeline.job_line import JobLine

NAME = "inbox/talk.mp4"
MINE = {"source": "folder", "token_hash": HOLDER.token_hashes[0]}


def unmirrored(line: JobLine) -> list[str]:
    return [row["job_id"] for row in line.jobs.list_unmirrored(10)]


def test_a_newer_version_takes_the_place_of_one_that_waits(line: JobLine) -> None:
    old = line.drop(NAME, generation=1, **MINE)
    other = line.drop("inbox/other.mp4", **MINE)
    new = line.drop(NAME, generation=2, **MINE)
    seen = line.jobs.get_job(old.job_id, HOLDER)
    assert (seen.status, seen.error_code) == ("cancelled", "superseded")
    assert {line.claim().job_id, line.claim().job_id} == {other.job_id, new.job_id}
    with pytest.raises(AisubsError) as caught:
        line.jobs.retry_job(old.job_id, HOLDER, 9)
    assert caught.value.code == "not_retryable"


def test_the_worker_of_an_older_version_is_stopped_and_tells_nobody(line: JobLine) -> None:
    line.drop(NAME, generation=1, **MINE)
    claim = line.claim()
    new = line.drop(NAME, generation=2, **MINE)
    for write in (
        lambda: line.jobs.heartbeat(claim.job_id, claim.fence),
        lambda: line.jobs.fail_job(claim.job_id, claim.fence, "source_gone", "It is gone.", retryable=False),
        lambda: line.complete(claim),
    ):
        with pytest.raises(AisubsError) as caught:
            write()
        assert caught.value.code == "lost_lease"
    assert unmirrored(line) == []
    assert line.claim().job_id == new.job_id


def test_the_end_of_an_older_version_is_put_beside_nothing_any_more(line: JobLine) -> None:
    """It failed, and nobody was told yet: too late."""
    line.drop(NAME, generation=1, **MINE)
    claim = line.claim()
    line.jobs.fail_job(claim.job_id, claim.fence, "source_gone", "It is gone.", retryable=False)
    assert unmirrored(line) == [claim.job_id]
    line.drop(NAME, generation=2, **MINE)
    assert unmirrored(line) == []


def test_an_unfit_version_takes_the_place_too_and_is_told(line: JobLine) -> None:
    old = line.drop(NAME, generation=1, **MINE)
    refused = line.jobs.refuse_upload(
        **line.landing(NAME, generation=2, **MINE), error_code="not_media", error_message="No."
    )
    assert refused is not None
    assert line.jobs.get_job(old.job_id, HOLDER).status == "cancelled"
    assert unmirrored(line) == [refused.job_id]


def test_a_version_that_lands_late_does_not_take_the_place_of_a_newer(line: JobLine) -> None:
    """Two events on their way: the older one is the slower."""
    new = line.drop(NAME, generation=2, **MINE)
    assert line.jobs.receive_upload(**line.landing(NAME, generation=1, **MINE)) is None
    assert line.claim().job_id == new.job_id
    assert line.jobs.claim_next_job(9, "worker") is None


def test_what_is_over_keeps_its_result(line: JobLine) -> None:
    line.drop(NAME, generation=1, **MINE)
    claim = line.claim()
    line.save(claim, 0, 2)
    line.complete(claim)
    line.drop(NAME, generation=2, **MINE)
    assert line.jobs.get_job(claim.job_id, HOLDER).status == "completed"
    assert unmirrored(line) == []


def test_only_what_waits_is_taken_back(line: JobLine) -> None:
    waiting = line.drop(NAME, **MINE)
    running = line.drop("inbox/running.mp4", **MINE)
    claims = [line.claim()]
    if claims[0].job_id == waiting.job_id:
        waiting, running = running, waiting
    names = [str(line.row(job.job_id)["object_name"]) for job in (waiting, running)]
    announced = line.web("else")
    names.append(str(line.row(announced.job_id)["object_name"]))
    cancelled = line.jobs.cancel_dropped("bucket", names)
    assert [row["job_id"] for row in cancelled] == [waiting.job_id]
    seen = line.jobs.get_job(waiting.job_id, HOLDER)
    assert (seen.status, seen.error_code) == ("cancelled", "taken_back")
    assert line.jobs.cancel_dropped("bucket", names) == []
    assert line.jobs.cancel_dropped("bucket", []) == []
    assert line.jobs.get_job(announced.job_id, Holder.of(["else"])).status == "pending"
    assert line.jobs.retry_job(waiting.job_id, HOLDER, 0).status == "pending", "put back"
