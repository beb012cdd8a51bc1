"""From saved windows to files. The windows in the database are the one source: what was never saved is never published,
and whoever resumes a job writes the same bytes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

from aisubs.formats import FORMATS, render_all
from aisubs.model import places
from aisubs.model.alignment import Alignment
from aisubs.model.audio_track import AudioTrack
from aisubs.model.diarization import Diarization
from aisubs.model.errors import AisubsError
from aisubs.model.second_opinion import SecondOpinion
from aisubs.model.second_passes import SecondPasses
from aisubs.model.transcript import Transcript
from aisubs.model.turns import Turn
from aisubs.pipeline.heartbeat import Lease
from aisubs.pipeline.jobs import Claim, Jobs
from aisubs.pipeline.read_transcript import assemble
from aisubs.pipeline.transcribe.hear_again import claimed_windows
from aisubs.ports import Store

log = logging.getLogger(__name__)

WRITTEN_FORMATS = ("srt", "vtt", "json", "txt")
"""Written on completion; any other format is made from the windows when it is asked for."""


def discard_results(claim: Claim, store: Store) -> None:
    """Delete what this execution has written: it has lost the job, which may be deleted by now, and published none of
    it. A store that fails is logged; the bucket's own rule deletes what is older than any job."""
    for format_name in WRITTEN_FORMATS:
        try:
            store.delete(places.result_of(claim.job_id, claim.fence, format_name))
        except AisubsError as fault:
            log.warning("results.not_discarded", extra={"job_id": claim.job_id, "reason": fault.reason})


def write_results(
    claim: Claim,
    *,
    jobs: Jobs,
    store: Store,
    lease: Lease,
    language: str | None,
    track: AudioTrack | None,
    model: str,
    second: SecondOpinion | None = None,
    alignment: Alignment | None = None,
    passes: SecondPasses | None = None,
    speakers: Diarization | None = None,
    turns: Sequence[Turn] = (),
) -> tuple[Transcript, list[dict[str, Any]]]:
    """Put the four files at results/<job>/<fence>/; return the transcript and {format, key, size_bytes, sha256} rows.

    Nobody sees them before complete_job publishes their keys. Raises `incomplete` when the windows leave a gap,
    `store_unavailable`.
    """
    transcript = assemble(
        claimed_windows(claim, jobs, lease),
        language=language,
        task=claim.options.task,
        model=model,
        title=claim.filename,
        track=track,
        second=second,
        alignment=alignment,
        passes=passes,
        speakers=speakers,
        turns=turns,
    )
    written = render_all(transcript, WRITTEN_FORMATS, claim.options.cue_profile)

    def put(name: str) -> dict[str, Any]:
        key, data = places.result_of(claim.job_id, claim.fence, name), written[name]
        store.put(key, data, FORMATS[name].media_type)
        return {"format": name, "key": key, "size_bytes": len(data), "sha256": sha256(data).hexdigest()}

    with ThreadPoolExecutor(len(written), "put") as pool:  # each waits for a disk or a network
        return transcript, list(pool.map(put, written))
