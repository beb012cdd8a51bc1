"""A recording that comes whole in one request, as programs send it that wait for the text in the answer.

Such clients send the same again when an answer is late (OpenAI's three times), and hang up when they have waited for
long enough. So the job is known by what was sent: who asks for the same again joins it, however it ended the time
before. Nothing that was heard is lost with a connection.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from itertools import count
from typing import BinaryIO

from aisubs.model.errors import AisubsError
from aisubs.model.job import Job
from aisubs.pipeline.jobs import Holder, Jobs
from aisubs.pipeline.offer_upload import Announcement, UploadLimits, find_upload, offer_upload
from aisubs.ports import Store, StoredObject


def came_to_nothing(job: Job) -> bool:
    """Whether it has ended without a text."""
    return job.status.came_to_nothing


def take_recording(
    said: Announcement,
    sender: str,
    data: BinaryIO,
    holder: Holder,
    limits: UploadLimits,
    on_object: Callable[[StoredObject], None],
    *,
    jobs: Jobs,
    store: Store,
    again: Callable[[Job], bool] = came_to_nothing,
) -> tuple[Job, Holder]:
    """The job of this recording, and who may see it: one that is under way or over already, else a new one.

    `said.video_hash` is of what `data` holds; `sender` tells those apart who must not meet in one job. One of which
    `again` says so, or that was deleted, is begun anew. Raises as `offer_upload`, `store_unavailable`.
    """
    what = f"{sender}\0{said.video_hash}\0{said.filename}\0{said.options.model_dump_json()}\0{said.model}"
    for attempt in count():
        key = sha256(f"{what}\0{attempt}".encode()).hexdigest()
        try:
            offer = offer_upload(replace(said, key=key), holder, limits, jobs=jobs, store=store)
        except AisubsError as fault:
            if fault.code != "job_not_found":
                raise
            continue  # deleted since
        seen_by = Holder.of([offer.access_token])
        job = offer.job
        if offer.upload is not None:
            on_object(_stored(find_upload(job.job_id, seen_by, jobs=jobs), data, said.content_type, store))
            job = jobs.get_job(job.job_id, seen_by)
        elif again(job):
            continue
        return job, seen_by
    raise AssertionError("unreachable")


def _stored(name: str, data: BinaryIO, content_type: str, store: Store) -> StoredObject:
    """Somebody who sends the same at the same time may have been quicker."""
    data.seek(0)
    try:
        return store.put(name, data, content_type, if_generation_match=0)
    except AisubsError as fault:
        if fault.code != "precondition_failed":
            raise
        return store.stat(name)
