"""What the people behind a job may do, and that nobody else may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from aisubs.model.errors import AisubsError
from aisubs.model.job import Status
from aisubs.pipeline.jobs import Holder, Jobs
from tests.pipeline.beginnings import BEGINNINGS, HOLDER, fence
from tests.pipeline.job_line import JobLine, window

ASKED: dict[str, Callable[[Jobs, str, Holder], Any]] = {
    "get_job": lambda jobs, job_id, holder: jobs.get_job(job_id, holder),
    "cancel_job": lambda jobs, job_id, holder: jobs.cancel_job(job_id, holder, True),
    "retry_job": lambda jobs, job_id, holder: jobs.retry_job(job_id, holder, 3),
    "delete_job": lambda jobs, job_id, holder: jobs.delete_job(job_id, holder),
}


def refusal(act: Callable[[], Any]) -> tuple[str, int]:
    with pytest.raises(AisubsError) as caught:
        act()
    return caught.value.code, caught.value.http_status


@pytest.mark.parametrize("asked", ASKED)
def test_without_a_right_there_is_no_such_job(line: JobLine, asked: str) -> None:
    """Wrong token, no token, wrong owner, another id, no id at all and a deleted job: one and the same answer."""
    job_id = line.failed().job_id
    ask = ASKED[asked]
    strangers = [Holder.of(["wrong"]), Holder(), Holder(owner_id="me"), Holder(token_hashes=("token",))]
    for holder in strangers:
        assert refusal(lambda holder=holder: ask(line.jobs, job_id, holder)) == ("job_not_found", 404)  # type: ignore[misc]
    for wrong_id in (str(uuid4()), "", "talk", "'; drop schema aisubs cascade; --", job_id[:-1], job_id + "0"):
        assert refusal(lambda wrong_id=wrong_id: ask(line.jobs, wrong_id, HOLDER)) == ("job_not_found", 404)  # type: ignore[misc]
    line.jobs.delete_job(job_id, HOLDER)
    assert refusal(lambda: ask(line.jobs, job_id, HOLDER)) == ("job_not_found", 404)


def test_one_of_many_tokens_or_the_owner_is_enough(line: JobLine) -> None:
    job = line.offer("token", holder={"token_hashes": [], "owner_id": "me"})
    for holder in (Holder.of(["a", "token", "b"]), Holder(owner_id="me"), Holder.of(["a"], owner_id="me")):
        assert line.jobs.get_job(job.job_id, holder).job_id == job.job_id
    assert line.jobs.get_job(job.job_id.upper(), HOLDER).job_id == job.job_id


def test_no_token_hash_ever_comes_out(line: JobLine) -> None:
    job = line.web()
    shown = line.database.call("get_job", job_id=job.job_id, holder=HOLDER.as_json())
    listed = line.jobs.list_jobs(HOLDER, 1, 10, None)
    claimed = line.database.call("claim_next_job", concurrency=3, execution_name="worker")
    assert HOLDER.token_hashes[0] not in f"{shown}{listed}{claimed}"
    assert str(job.watch_topic) not in str(claimed)


def test_lists_are_paged_newest_first_and_hold_only_ones_own(line: JobLine) -> None:
    ids = [line.offer(f"token {number}").job_id for number in range(5)]
    line.offer("somebody else")
    line.jobs.cancel_job(ids[2], Holder.of(["token 2"]), False)
    mine = Holder.of([f"token {number}" for number in range(5)] + ["gone"])
    pages = [line.jobs.list_jobs(mine, page, 2, None) for page in (1, 2, 3, 4)]
    assert [[row["job_id"] for row in page] for page in pages] == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]], []]
    assert {row["total"] for page in pages for row in page} == {5}
    assert [row["job_id"] for row in line.jobs.list_jobs(mine, 1, 9, {"statuses": ["cancelled", "failed"]})] == [ids[2]]
    assert line.jobs.list_jobs(mine, 1, 9, {"statuses": []}) == []
    assert line.jobs.list_jobs(Holder(), 1, 9, None) == []


def test_only_what_has_not_begun_is_cancelled(line: JobLine) -> None:
    for beginning, made in BEGINNINGS.items():
        job_id = made(line)
        cancel = lambda job_id=job_id: line.jobs.cancel_job(job_id, HOLDER, cancel_running=False)  # noqa: E731
        if beginning in ("uploading", "pending", "cancelled"):
            assert cancel().status == Status.CANCELLED
            assert cancel().status == Status.CANCELLED
        else:
            assert refusal(cancel) == ("not_cancellable" if beginning == "processing" else "already_over", 409)
            if beginning == "processing":
                line.jobs.release_job(job_id, fence(line, job_id))
                cancel()


def test_a_cancelled_upload_that_arrives_makes_no_job(line: JobLine) -> None:
    job = line.offer()
    line.jobs.cancel_job(job.job_id, HOLDER, False)
    assert line.jobs.receive_upload(**line.landing(f"uploads/{job.job_id}/source.mp4")) is None
    assert line.row(job.job_id)["status"] == "cancelled"


def test_an_announced_object_is_written_once(line: JobLine) -> None:
    job = line.web()
    name = f"uploads/{job.job_id}/source.mp4"
    assert line.jobs.receive_upload(**line.landing(name, generation=2)) is None
    assert line.jobs.receive_upload(**line.landing(name, generation=1)) == line.jobs.get_job(job.job_id, HOLDER)


def test_an_upload_keeps_its_own_name_and_options(line: JobLine) -> None:
    offered = line.offer(filename="größe 🙂.mp4", options={"language": "de"})
    landed = line.drop(f"uploads/{offered.job_id}/source.mp4", filename="source.mp4", options={}, source="bucket")
    assert (landed.filename, landed.options, landed.source) == ("größe 🙂.mp4", {"language": "de"}, "web")


def test_a_refused_recording_has_failed_with_a_sentence(line: JobLine) -> None:
    for name in ("drops/talk.mp4", f"uploads/{line.offer().job_id}/source.mp4"):
        refused = line.jobs.refuse_upload(
            **line.landing(name), error_code="not_media", error_message="This is not a recording."
        )
        assert refused is not None
        assert (refused.status, refused.error_code, refused.retryable) == (Status.FAILED, "not_media", False)
        again = line.jobs.receive_upload(**line.landing(name))  # the bytes of an upload do not stay
        assert again == (None if name.startswith("uploads/") else refused)


def test_retry_goes_on_where_it_was_with_fresh_counters(line: JobLine) -> None:
    job = line.web()
    claim = line.claim()
    line.save(claim, 0, 0)
    # An attempt that got no further than those before it.
    line.sql(
        "update aisubs.transcription_jobs set retry_count = 3, fruitless_releases = 1, attempt_from_ms = progress_ms"
    )
    line.jobs.fail_job(claim.job_id, claim.fence, "engine_failed", "No.", retryable=True, max_retries=3)
    retried = line.jobs.retry_job(job.job_id, HOLDER, 3)
    assert (retried.status, retried.retry_count, retried.windows) == (Status.PENDING, 0, 1)
    assert (retried.error_code, retried.error_message, retried.completed_at) == (None, None, None)
    again = line.claim()
    assert (again.windows, again.resume_state) == (1, {"next": 1})
    assert line.windows(job.job_id, 0, 9) == [window(0)]
    assert line.jobs.release_job(again.job_id, again.fence) == "pending"


def test_only_what_is_over_and_has_its_recording_is_retried(line: JobLine) -> None:
    for beginning in ("uploading", "pending", "processing", "completed"):
        job_id = BEGINNINGS[beginning](line)
        assert refusal(lambda job_id=job_id: line.jobs.retry_job(job_id, HOLDER, 99)) == ("not_retryable", 409)  # type: ignore[misc]
        line.sql("truncate aisubs.transcription_jobs cascade")
    never_arrived = line.jobs.cancel_job(line.offer().job_id, HOLDER, False)
    gone = line.failed(error_code="source_gone")
    for job in (never_arrived, gone):
        assert refusal(lambda job=job: line.jobs.retry_job(job.job_id, HOLDER, 99)) == ("not_retryable", 409)  # type: ignore[misc]


def test_retries_wait_for_a_free_place_but_dropped_files_do_not(line: JobLine) -> None:
    web = line.failed()
    dropped = line.drop("drops/talk.mp4", token_hash=HOLDER.token_hashes[0])
    line.jobs.cancel_job(dropped.job_id, HOLDER, False)
    line.drop()
    assert refusal(lambda: line.jobs.retry_job(web.job_id, HOLDER, 1)) == ("queue_full", 429)
    assert line.jobs.retry_job(dropped.job_id, HOLDER, 1).status == Status.PENDING


def test_what_runs_is_not_deleted(line: JobLine) -> None:
    job_id = BEGINNINGS["processing"](line)
    assert refusal(lambda: line.jobs.delete_job(job_id, HOLDER)) == ("not_cancellable", 409)


def test_results_of_dropped_files_are_put_beside_them_once(line: JobLine) -> None:
    done, broken = line.drop("drops/a.mp4"), line.drop("drops/b.mp4", source="folder")
    claim = line.claim()
    line.save(claim, 0, 2)
    line.complete(claim)
    claim = line.claim()
    line.jobs.fail_job(claim.job_id, claim.fence, "damaged", "It is damaged.", retryable=False)
    line.finished()  # the web has no folder to put anything in
    unmirrored = line.jobs.list_unmirrored(10)
    assert [(row["job_id"], row["object_name"], row["status"], row["error_message"]) for row in unmirrored] == [
        (done.job_id, "drops/a.mp4", "completed", None),
        (broken.job_id, "drops/b.mp4", "failed", "It is damaged."),
    ]
    line.jobs.record_mirror(done.job_id)
    line.jobs.record_mirror(done.job_id)
    assert [row["job_id"] for row in line.jobs.list_unmirrored(10)] == [broken.job_id]


def test_versions_rise_with_what_can_be_seen_and_only_then(line: JobLine) -> None:
    job = line.web()
    claim = line.claim()
    seen = [line.row(job.job_id)["version"]]
    line.jobs.heartbeat(claim.job_id, claim.fence)
    assert line.row(job.job_id)["version"] == seen[0]
    line.save(claim, 0, 0)
    line.save(claim, 0, 0)
    seen.append(line.row(job.job_id)["version"])
    line.jobs.set_stage(claim.job_id, claim.fence, "writing")
    seen.append(line.row(job.job_id)["version"])
    assert seen == [seen[0], seen[0] + 1, seen[0] + 2]
