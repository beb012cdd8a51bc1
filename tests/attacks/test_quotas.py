"""Who sends is counted, whatever tokens he takes: rows and bytes have an end, and nobody has more than one turn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from aisubs.model.errors import AisubsError
from aisubs.pipeline.jobs import Holder
from tests.pipeline.job_line import SHA, JobLine


def offered(line: JobLine, **said: object) -> bool:
    """Whether an announcement is taken; each comes with a token of its own, as anybody can make them."""
    try:
        line.offer(str(uuid4()), **said)
    except AisubsError as refused:
        if refused.code != "day_used_up":
            raise
        return not 0 < (refused.retry_after_s or 0) <= 86_400
    return True


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
    line.sql("update aisubs.sender_days set day = day - 1")
    assert again(), "and tomorrow he may, too"
    line.jobs.expire_jobs(168.0, 10)
    assert len(line.sql("select * from aisubs.sender_days")) == 1


def test_bytes_have_an_end(line: JobLine) -> None:
    def send(size: int) -> bool:
        return offered(line, file_size_bytes=size, address="10.0.0.1", bytes_per_day=100)

    assert [send(60), send(60), send(40), send(1)] == [True, False, True, False]


@pytest.mark.parametrize("rounds", [3])
def test_sixteen_at_once_exceed_nothing(line: JobLine, rounds: int) -> None:
    for number in range(rounds):
        with ThreadPoolExecutor(16) as pool:
            taken = pool.map(lambda _: offered(line, address=f"10.0.0.{number}", jobs_per_day=5), range(16))  # noqa: B023
            assert sum(taken) == 5


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
        assert refused.value.code == "day_used_up"
    line.jobs.cancel_job(job.job_id, Holder.of(["mine"]), cancel_running=False)
    with pytest.raises(AisubsError) as refused:
        renew("10.0.0.1")
    assert refused.value.code == "upload_gone"
