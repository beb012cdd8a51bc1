"""Who sends is counted, whatever tokens he takes: rows and bytes have an end, and nobody has more than one turn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from aisubs.model.errors import AisubsError
from aisubs.pipeline.jobs import Holder
from tests.attacks.many_at_once import sixteen_at_once
from tests.pipeline.job_line import DURATION_MS, SHA, JobLine


def offered(line: JobLine, **said: object) -> bool:
    """Whether an announcement is taken; each comes with a token of its own, as anybody can make them."""
    try:
        line.offer(str(uuid4()), **said)
    except AisubsError as refused:
        if refused.code not in ("day_used_up", "bytes_used_up"):
            raise
        check_what_is_told(refused)
        return False
    return True


def check_what_is_told(refused: AisubsError) -> None:
    """What is used up, of how much, and when it returns."""
    assert 0 < (refused.retry_after_s or 0) <= 31 * 86_400
    assert str(refused.details["limit"]) in refused.sentence
    assert refused.details["returns"] in refused.sentence


def test_recordings_that_are_there_already_count_too(line: JobLine) -> None:
    """300 rows in 22 s were made of one cached recording."""
    line.finished("mine", address="10.0.0.1")

    def again() -> bool:
        try:
            job = line.offer("mine", video_hash=SHA, address="10.0.0.1", jobs_per_day=3)
        except AisubsError as refused:
            if refused.code != "day_used_up":
                raise
            return False
        assert job.cached
        return True

    assert [again() for _ in range(4)] == [True, True, False, False]
    assert line.count("completed") == 3
    assert offered(line, address="10.0.0.2", jobs_per_day=3), "others may go on"
    line.sql("update aisubs.sender_days set day = day - 32")
    assert again(), "and on another day he may, too"
    line.jobs.expire_jobs(168.0, 10)
    assert len(line.sql("select * from aisubs.sender_days where day > now() - interval '1 day'")) == 1
    assert len(line.sql("select * from aisubs.sender_days")) == 1


def test_bytes_have_an_end(line: JobLine) -> None:
    def send(size: int) -> bool:
        return offered(line, file_size_bytes=size, address="10.0.0.1", bytes_per_day=100)

    assert [send(60), send(60), send(40), send(1)] == [True, False, True, False]


@pytest.mark.parametrize("seed", range(3))
def test_sixteen_at_once_exceed_nothing(line: JobLine, seed: int) -> None:
    sixteen_at_once(line, seed)


def test_recordings_that_land_at_once_exceed_no_minutes(line: JobLine) -> None:
    """Their length is known when they land: what is too much fails then, and the recording stays for a retry."""
    offers = [line.offer(f"t {n}", address="10.0.0.1", minutes_per_month=3) for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        landed = list(pool.map(lambda offer: line.drop(f"uploads/{offer.job_id}/source.mp4"), offers))
    assert [job.status for job in landed].count("pending") == 3
    over = next(job for job in landed if job.status == "failed")
    assert (over.error_code, over.retryable) == ("minutes_used_up", True)
    assert over.error_message is not None
    assert "3 of 3" in over.error_message
    assert line.row(over.job_id)["generation"] is not None
    assert used_minutes(line) == 3
    with pytest.raises(AisubsError) as refused:
        line.offer("another", address="10.0.0.1", minutes_per_month=3)
    assert refused.value.code == "minutes_used_up"
    check_what_is_told(refused.value)
    assert line.offer("b", address="10.0.0.2", minutes_per_month=3).status == "uploading"


def used_minutes(line: JobLine, address: str = "10.0.0.1") -> int:
    rows = line.jobs.get_usage(
        Holder(), address, jobs_per_day=9, bytes_per_day=None, minutes_per_month=3, queue_capacity=9
    )
    (found,) = [row for row in rows if row["name"] == "minutes_per_month"]
    assert (found["limit"], found["resets_at"] is None) == (3, False)
    return int(found["used"])


def test_minutes_count_once_and_for_what_was_transcribed(line: JobLine) -> None:
    """A job that ends without a result gives back what nobody transcribed; a retry counts what is left of it."""
    mine = Holder.of(["a"])
    job = line.web("a", address="10.0.0.1", minutes_per_month=3)
    claim = line.claim()
    line.save(claim, 0, 0)  # a third of the minute
    line.jobs.fail_job(job.job_id, claim.fence, "damaged", "No.", retryable=False)
    assert audio_ms(line) == 20_000
    line.jobs.retry_job(job.job_id, mine, 100, address="10.0.0.1")
    assert audio_ms(line) == DURATION_MS
    line.jobs.cancel_job(job.job_id, mine, cancel_running=False)
    assert audio_ms(line) == 20_000
    line.jobs.retry_job(job.job_id, mine, 100, address="10.0.0.1")
    claim = line.claim()
    line.save(claim, 1, 2)
    line.complete(claim)
    assert audio_ms(line) == DURATION_MS
    line.offer("a", video_hash=SHA, address="10.0.0.1", minutes_per_month=3)
    assert audio_ms(line) == 2 * DURATION_MS, "one that is there already counts, too"
    assert line.sql("select worker_s > 0 as worked from aisubs.sender_days where jobs > 0") == [{"worked": True}]


def audio_ms(line: JobLine) -> int:
    return int(line.sql("select coalesce(sum(audio_ms), 0) as ms from aisubs.sender_days where jobs > 0")[0]["ms"])


def test_a_header_that_lies_or_is_silent_is_put_right_at_the_end(line: JobLine) -> None:
    for told_ms in (None, 1000):
        offered = line.offer("a", address="10.0.0.1")
        line.drop(f"uploads/{offered.job_id}/source.mp4", duration_ms=told_ms)
        assert audio_ms(line) == (told_ms or 0)
        claim = line.claim()
        line.save(claim, 0, 2)
        line.complete(claim)
        assert audio_ms(line) == DURATION_MS
        line.sql("delete from aisubs.sender_days")


def test_administrators_allow_an_owner_more_or_less(line: JobLine) -> None:
    anna = Holder((), "account:anna").as_json()
    line.sql("insert into aisubs.owner_limits (owner_id, jobs_per_day) values ('account:anna', 2)")
    assert [offered(line, holder=anna, jobs_per_day=1) for _ in range(3)] == [True, True, False]
    line.sql("update aisubs.owner_limits set jobs_per_day = 0")
    assert all(offered(line, holder=anna, jobs_per_day=1) for _ in range(3))


def test_a_thousand_jobs_of_one_do_not_delay_the_one_of_another(line: JobLine) -> None:
    """Neither at the door, though the line is full of them, nor in it."""
    first = line.web("a", address="10.0.0.1")
    line.sql(
        "insert into aisubs.transcription_jobs (status, source, token_hash, sender, filename, bucket, object_name, "
        "generation, file_size_bytes, duration_ms) select 'pending', 'web', token_hash, sender, 'x', bucket, "
        "'uploads/' || n, 1, 9, 60000 from aisubs.transcription_jobs, generate_series(1, 999) n where job_id = %s",
        first.job_id,
    )  # fmt: skip
    with pytest.raises(AisubsError) as refused:
        line.offer("a", address="10.0.0.1", queue_capacity=1000)
    assert refused.value.code == "queue_full"
    theirs = line.web("b", address="10.0.0.2", queue_capacity=1000)
    assert line.jobs.get_job(theirs.job_id, Holder.of(["b"])).position == 2
    assert theirs.job_id in [line.claim().job_id for _ in range(2)]


def test_a_new_token_for_each_recording_is_no_turn_for_each(line: JobLine) -> None:
    """A's eight, each by another token, then B's one: B was last."""
    for number in range(8):
        line.web(f"a {number}", address="10.0.0.1")
    theirs = line.web("b", address="10.0.0.2")
    assert line.jobs.get_job(theirs.job_id, Holder.of(["b"])).position == 2
    claims = [line.claim().job_id for _ in range(2)]
    assert theirs.job_id in claims


def test_who_sent_is_forgotten_when_the_job_is_over(line: JobLine) -> None:
    job = line.finished("mine", address="10.0.0.1")
    assert line.row(job.job_id)["sender"] is None


def test_trying_again_is_a_job_of_the_day(line: JobLine) -> None:
    """What fails at its end costs as much each time that it is tried."""
    job = line.failed("mine")
    mine = Holder.of(["mine"])

    def again(address: str) -> bool:
        try:
            line.jobs.retry_job(job.job_id, mine, 100, address=address, jobs_per_day=3)
        except AisubsError as refused:
            if refused.code != "day_used_up":
                raise
            return False
        assert line.row(job.job_id)["sender"] is not None, "and a turn of theirs"
        line.jobs.cancel_job(job.job_id, mine, cancel_running=False)
        return True

    assert [again("10.0.0.1") for _ in range(5)] == [True, True, True, False, False]
    assert again("10.0.0.2")


def test_bytes_count_for_each_session(line: JobLine) -> None:
    """Whoever takes a new session may send all of the bytes again."""
    job = line.offer("mine", file_size_bytes=40, address="10.0.0.1", bytes_per_day=100)
    known = {"job_id": job.job_id, "file_size_bytes": 40, "bytes_per_day": 100}

    def renew(address: str) -> None:
        line.jobs.renew_upload(
            job.job_id, Holder.of(["mine"]), upload_lease_s=9.0, upload_deadline_s=9.0, address=address,
            bytes_per_day=100,
        )  # fmt: skip

    renew("10.0.0.2")  # it is the sender's all the same
    for again in (lambda: renew("10.0.0.3"), lambda: line.offer("mine", address="10.0.0.1", **known)):
        with pytest.raises(AisubsError) as refused:
            again()
        assert refused.value.code == "bytes_used_up"
    line.jobs.cancel_job(job.job_id, Holder.of(["mine"]), cancel_running=False)
    with pytest.raises(AisubsError) as refused:
        renew("10.0.0.1")
    assert refused.value.code == "upload_gone"
