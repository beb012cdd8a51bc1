"""One way into each state of a job. Each returns the id of a job whose holder has the token "token"."""

from __future__ import annotations

from aisubs.pipeline.jobs import Holder
from tests.pipeline.job_line import JobLine

HOLDER = Holder.of(["token"])


def uploading(line: JobLine) -> str:
    return line.offer().job_id


def pending(line: JobLine) -> str:
    return line.web().job_id


def starting(line: JobLine) -> str:
    job_id = line.web().job_id
    line.jobs.begin_dispatch(3, 900.0)
    return job_id


def processing(line: JobLine) -> str:
    job_id = line.web().job_id
    line.claim()
    line.jobs.set_stage(job_id, fence(line, job_id), "transcribing")
    return job_id


def completed(line: JobLine) -> str:
    return line.finished().job_id


def failed(line: JobLine) -> str:
    return line.failed().job_id


def cancelled(line: JobLine) -> str:
    return line.jobs.cancel_job(pending(line), HOLDER, cancel_running=False).job_id


def fence(line: JobLine, job_id: str) -> int:
    return int(line.row(job_id)["fence"])


BEGINNINGS = {made.__name__: made for made in (uploading, pending, processing, completed, failed, cancelled)}
