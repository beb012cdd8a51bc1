"""How loud a recording is from beginning to end, as its windows tell it."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from aisubs.model.job import Job
from aisubs.pipeline.jobs.owner import Owner, PeaksRow
from aisubs.pipeline.jobs.rights import Holder

PAGE_WINDOWS = 500


def read_peaks(job: Job, jobs: Owner, holder: Holder) -> bytes | None:
    """A byte for each 16 ms of what is saved (media/peaks.py); of several tracks in turn the loudest at every place.

    None where a part of it was saved before this was kept. Raises `recording_not_shared`.
    """
    rows: list[PeaksRow] = []
    while page := jobs.read_peaks(job.job_id, holder, rows[-1][0] + 1 if rows else 0, PAGE_WINDOWS):
        rows += page
    track = job.audio_track
    loudest = np.zeros(0, np.uint8)
    for _, turn in groupby(rows, lambda row: track.turn_at(row[1])[0] if track and track.in_turn else 0):
        parts = [peaks for *_, peaks in turn]
        if None in parts:
            return None
        heard = np.frombuffer(b"".join(part for part in parts if part), np.uint8)
        length = max(len(heard), len(loudest))
        loudest = np.maximum(*(np.pad(one, (0, length - len(one))) for one in (heard, loudest)))
    return loudest.tobytes()
