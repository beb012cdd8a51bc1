"""Equal content with equal options is transcribed once; whoever deletes, nobody loses what is still theirs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime
from operator import itemgetter
from typing import Any

import pytest

from aisubs.model.errors import AisubsError
from aisubs.model.job import Job, Status
from aisubs.model.losses import Losses
from aisubs.pipeline.jobs import Claim, Holder, hash_token
from tests.pipeline.job_line import DURATION_MS, SHA, JobLine, window

WEEK_S = 7 * 24 * 3600.0
MINE, YOURS, THEIRS = (Holder.of([token]) for token in ("mine", "yours", "theirs"))
WINDOWS = [window(0), window(1), window(2)]


US = {"token_hashes": [], "owner_id": "us"}
"""An owner of several jobs, each of which has a token of its own besides."""


def ours(line: JobLine, token: str, **changes: object) -> Job:
    return line.finished(token, holder=US, **changes)


def adopted(line: JobLine, token: str) -> Job:
    """A job of ours that took over the result of an equal recording."""
    job = line.web(token, holder=US)
    claim = line.claim()
    assert claim.job_id == job.job_id
    assert line.jobs.adopt_result(claim.job_id, claim.fence, SHA)
    return line.jobs.get_job(job.job_id, Holder.of([token]))


def source(job: Job) -> dict[str, Any]:
    """Without a generation: the sessions that still lead there are to end as well."""
    return {"name": f"uploads/{job.job_id}/source.mp4", "generation": None}


def results_of(line: JobLine, job: Job) -> list[dict[str, Any]]:
    found = line.result(job.job_id)
    return [{"name": file["key"], "generation": None} for file in found["files"]] if found else []


def promised_hours(job: Job) -> float:
    assert job.expires_at
    return (datetime.fromisoformat(job.expires_at) - datetime.fromisoformat(job.created_at)).total_seconds() / 3600


def test_the_same_holder_gets_the_result_before_uploading(line: JobLine) -> None:
    first = line.finished("mine")
    again = line.offer("new", holder=Holder.of(["mine", "new"]).as_json(), video_hash=SHA)
    assert (again.status, again.cached, again.progress, again.duration_ms) == (Status.COMPLETED, True, 100, DURATION_MS)
    assert again.cached_at == line.jobs.get_job(first.job_id, MINE).completed_at  # when its text was made
    assert again.job_id != first.job_id
    assert (again.language, again.windows) == ("en", 3)
    assert results_of(line, again) == results_of(line, first)
    assert line.windows(again.job_id, 0, 9) == WINDOWS
    with pytest.raises(AisubsError, match="no such job"):
        line.jobs.get_job(again.job_id, MINE)  # each row has a token of its own


def test_a_signed_in_owner_is_a_holder_too(line: JobLine) -> None:
    me = {"token_hashes": [], "owner_id": "me"}
    line.finished("first", holder=me)
    assert line.offer("second", holder=me, video_hash=SHA).cached
    assert not line.offer("third", holder={"token_hashes": [], "owner_id": "you"}, video_hash=SHA).cached


@pytest.mark.parametrize(
    "changes",
    [
        {"holder": Holder.of(["yours"]).as_json()},
        {"video_hash": "6" * 64},
        {"video_hash": None},
        {"options": {"language": "de"}},
        {"model": "large-v3-turbo"},
        {"options": {"fresh": True}},
    ],
    ids=str,
)
def test_anything_else_is_uploaded(line: JobLine, changes: dict[str, object]) -> None:
    line.finished("mine")
    offer = {"holder": MINE.as_json(), "video_hash": SHA, "model": "toy"}
    assert line.offer("new", **offer).cached
    assert line.offer("new", **offer | changes).status == Status.UPLOADING


def test_after_the_upload_any_equal_recording_of_the_owner_will_do(line: JobLine) -> None:
    first = ours(line, "mine")
    yours = adopted(line, "yours")
    assert (yours.status, yours.cached, yours.progress) == (Status.COMPLETED, True, 100)
    assert results_of(line, yours) == results_of(line, first)
    assert line.windows(yours.job_id, 0, 9) == WINDOWS
    for shown in (yours.model_dump_json(), str(line.result(yours.job_id)["fence"])):  # type: ignore[index]
        assert hash_token("mine") not in shown
        assert str(first.watch_topic) not in shown


def test_what_a_result_lacks_is_told_of_every_job_that_has_it(line: JobLine) -> None:
    losses = Losses(2_000, 1_000, stretches=1, places=((3_000, 5_000),))
    first = ours(line, "mine", losses=asdict(losses))
    assert first.losses == losses
    assert adopted(line, "yours").losses == losses
    assert line.web("other").losses is None


def test_a_checksum_hints_at_a_twin_and_only_the_content_proves_it(line: JobLine) -> None:
    def taken(**changes: object) -> Claim:
        line.drop(owner_id="us", **changes)
        return line.claim()

    ours(line, "mine")
    assert taken().twin
    assert not taken(crc32c="BBBBBB==").twin
    assert not taken(file_size_bytes=5).twin
    assert not taken(options={"task": "translate"}).twin
    claim = taken()
    assert not line.jobs.adopt_result(claim.job_id, claim.fence, "6" * 64)
    assert not line.jobs.adopt_result(claim.job_id, claim.fence, SHA, model="large-v3-turbo")
    assert line.row(claim.job_id)["status"] == "processing"
    assert line.jobs.adopt_result(claim.job_id, claim.fence, SHA, model="toy")
    assert line.jobs.adopt_result(claim.job_id, claim.fence, SHA, model="toy")  # its answer was lost


def test_what_was_transcribed_meanwhile_gives_way_to_the_adopted_result(line: JobLine) -> None:
    ours(line, "mine")
    job = line.web("yours", holder=US)
    claim = line.claim()
    line.save(claim, 0, 0, ms=1000)
    assert line.jobs.adopt_result(claim.job_id, claim.fence, SHA)
    assert line.windows(job.job_id, 0, 9) == WINDOWS
    assert line.sql("select count(*) from aisubs.transcript_windows where job_id = %s", job.job_id) == [{"count": 0}]


def test_a_result_outlives_its_first_owner(line: JobLine) -> None:
    """Mine is deleted, then yours: only with the last one do the results go; each source goes with its own job."""
    mine = ours(line, "mine")
    files = results_of(line, mine)
    yours, theirs = adopted(line, "yours"), adopted(line, "theirs")

    assert line.jobs.delete_job(mine.job_id, MINE) == [source(mine)]
    line.jobs.forget_job(mine.job_id)
    for job, holder in ((yours, YOURS), (theirs, THEIRS)):
        assert results_of(line, job) == files
        assert line.windows(job.job_id, 0, 9) == WINDOWS
        assert line.jobs.get_job(job.job_id, holder).cached

    assert line.jobs.delete_job(theirs.job_id, THEIRS) == [source(theirs)]
    assert line.jobs.delete_job(yours.job_id, YOURS) == [source(yours), *files]
    line.jobs.forget_job(yours.job_id)
    line.jobs.forget_job(theirs.job_id)
    assert line.everything() == []


def test_a_twin_that_goes_first_takes_nothing_along(line: JobLine) -> None:
    mine = ours(line, "mine")
    cached = line.offer("yours", holder=MINE.as_json(), video_hash=SHA)
    assert line.jobs.delete_job(cached.job_id, YOURS) == []
    line.jobs.forget_job(cached.job_id)
    assert line.windows(mine.job_id, 0, 9) == WINDOWS
    files = results_of(line, mine)
    assert line.jobs.delete_job(mine.job_id, MINE) == [source(mine), *files]


def test_retention_takes_what_is_old_and_leaves_what_twins_need(line: JobLine) -> None:
    mine = ours(line, "mine")
    files = results_of(line, mine)
    yours = adopted(line, "yours")
    line.passes(mine.job_id, "created_at", WEEK_S + 1)
    assert line.jobs.expire_jobs(168.0, 10) == [{"job_id": mine.job_id, "objects": [source(mine)]}]
    assert line.jobs.expire_jobs(168.0, 10) == [{"job_id": mine.job_id, "objects": [source(mine)]}]  # crashed: again
    line.jobs.forget_job(mine.job_id)
    line.jobs.forget_job(mine.job_id)
    assert line.jobs.expire_jobs(168.0, 10) == []
    assert line.windows(yours.job_id, 0, 9) == WINDOWS

    line.passes(yours.job_id, "created_at", WEEK_S + 1)
    assert line.jobs.expire_jobs(168.0, 10) == [{"job_id": yours.job_id, "objects": [source(yours), *files]}]


def test_twins_that_are_old_together_go_together(line: JobLine) -> None:
    mine = ours(line, "mine")
    files = results_of(line, mine)
    jobs = [mine, adopted(line, "yours"), adopted(line, "theirs")]
    for job in jobs:
        line.passes(job.job_id, "created_at", WEEK_S + 1)
    objects = [item for row in line.jobs.expire_jobs(168.0, 10) for item in row["objects"]]
    expected = [*files, *[source(job) for job in jobs]]
    assert sorted(objects, key=itemgetter("name")) == sorted(expected, key=itemgetter("name"))
    for job in jobs:
        line.jobs.forget_job(job.job_id)
    assert line.everything() == []


def test_retention_spares_what_is_young_or_being_processed(line: JobLine) -> None:
    young, running = line.web("young"), line.web("running")
    line.claim()
    line.claim()
    line.jobs.release_job(young.job_id, line.row(young.job_id)["fence"])
    line.passes(running.job_id, "created_at", WEEK_S + 1)
    assert line.jobs.expire_jobs(168.0, 10) == []
    line.jobs.forget_job(young.job_id)  # no tombstone: nothing happens
    assert line.count("pending") == 1


def test_retention_goes_in_batches_and_hours_are_those_that_are_shown(line: JobLine) -> None:
    for number in range(5):
        line.passes(line.drop(f"drops/{number}.mp4").job_id, "created_at", 3 * 3600)
    assert promised_hours(line.drop()) == 168
    assert len(line.jobs.expire_jobs(2.0, 2)) == 2
    assert len(line.jobs.expire_jobs(2.0, 2)) == 4
    assert len(line.jobs.expire_jobs(2.0, 2)) == 5
    assert promised_hours(line.drop()) == 2


def test_an_object_dropped_again_stays_for_its_newer_job(line: JobLine) -> None:
    old = line.drop("drops/talk.mp4", generation=1)
    new = line.drop("drops/talk.mp4", generation=2)
    assert old.job_id != new.job_id
    line.passes(old.job_id, "created_at", WEEK_S + 1)
    assert line.jobs.expire_jobs(168.0, 10) == [{"job_id": old.job_id, "objects": []}]


def delete_and_forget(line: JobLine, job: Job) -> None:
    line.jobs.delete_job(job.job_id, MINE)
    line.jobs.forget_job(job.job_id)


def test_adopting_and_deleting_at_once_never_leaves_a_job_without_its_result(line: JobLine) -> None:
    for attempt in range(20):
        mine = ours(line, "mine", content_sha256=f"{attempt:064x}")
        line.web("yours", holder=US)
        claim = line.claim()
        with ThreadPoolExecutor(2) as both:
            adopting = both.submit(line.jobs.adopt_result, claim.job_id, claim.fence, f"{attempt:064x}")
            deleting = both.submit(delete_and_forget, line, mine)
            adopting.result()
            deleting.result()
        yours = line.jobs.get_job(claim.job_id, YOURS)
        if yours.status == Status.COMPLETED:
            assert results_of(line, yours)
            assert line.windows(yours.job_id, 0, 9) == WINDOWS
        else:
            assert yours.status == Status.PROCESSING
            line.jobs.fail_job(claim.job_id, claim.fence, "internal", "No.", retryable=False)
