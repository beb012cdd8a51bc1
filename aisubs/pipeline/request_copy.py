"""A video with its subtitles is asked for: what is put in is decided here and now, by the right of whoever asks."""

from __future__ import annotations

import json
from typing import Any, Literal

from aisubs.formats import render, shape
from aisubs.media.apart import picture_apart
from aisubs.media.container import Limits
from aisubs.media.mux import Track
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Options
from aisubs.pipeline.jobs import Holder, HolderReads, Jobs
from aisubs.pipeline.read_transcript import read_text
from aisubs.pipeline.translation.read_translation import read_translated
from aisubs.ports import Store

Kind = Literal["mux", "burn"]

COPIES_PER_JOB = 4
"""Each is as large as the video."""
COPIES_AT_A_TIME = 4
"""Of one owner: they are made one after the other."""


def request_copy(
    job_id: str,
    holder: Holder,
    kind: Kind,
    *,
    profile: str | None = None,
    language: str | None = None,
    jobs: Jobs,
    store: Store,
    limits: Limits,
) -> dict[str, Any]:
    """The copy as `list_video_copies` shows it: of the newest text or of its translation into `language`, with the
    job's own profile unless another is named.

    Raises `read_only`, `not_finished`, `translation_not_found`, `bad_request` for an unknown profile, `no_picture`,
    `recording_gone`, `too_many_copies`, `copies_waiting`, and what is wrong with a recording that cannot be opened.
    """
    job = jobs.get_own_job(job_id, holder)
    reads = HolderReads(jobs, holder)
    text = read_text(job, jobs=reads) if language is None else read_translated(job, language, jobs=reads)
    chosen = profile or Options.model_validate(job.options).cue_profile
    transcript = text.transcript
    if kind == "burn":
        subtitles = render(transcript, "ass", chosen).decode()
    else:
        track = Track.of(shape(transcript, chosen), transcript.text_language)
        subtitles = json.dumps([track.language, list(track.shown)], ensure_ascii=False)
    _insist_on_picture(jobs.get_recording(job_id, holder), store, limits)
    return jobs.request_video_copy(
        job_id,
        holder,
        kind,
        profile=chosen,
        language=transcript.text_language,
        revision=text.revision,
        subtitles=subtitles,
        at_most=COPIES_PER_JOB,
        open_at_most=COPIES_AT_A_TIME,
    )


def _insist_on_picture(recording: dict[str, Any], store: Store, limits: Limits) -> None:
    try:
        reader = store.open(recording["object_name"], int(recording["generation"]))
    except AisubsError as fault:
        if fault.code != "object_not_found":
            raise
        raise error("recording_gone", fault.reason) from fault
    try:
        if not picture_apart(reader, limits):
            raise error("no_picture")
    finally:
        reader.close()
