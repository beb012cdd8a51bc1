"""What is kept of voices: saved once, in order, as progress, and for nobody but a diarizer to see."""

from __future__ import annotations

import json

import pytest

from aisubs.model.job import Stage
from aisubs.pipeline.jobs import Claim
from aisubs.ports import SpeakerChunk
from tests.pipeline.beginnings import HOLDER
from tests.pipeline.job_line import DURATION_MS, JobLine

CHUNKS = [SpeakerChunk(seq, 5_000 * seq, 5_000 * seq + 10_000, bytes([seq, 0, 255])) for seq in range(4)]


def save(line: JobLine, claim: Claim, first: int, end: int, diarized_ms: int) -> None:
    state = {"speakers": {"diarizer": "d", "chunks": end}}
    line.jobs.save_speaker_chunks(
        claim.job_id, claim.fence, CHUNKS[first:end], state, diarized_ms=diarized_ms, remaining_ms=5_000
    )


def test_rows_come_back_as_they_were_saved_and_saving_again_changes_nothing(line: JobLine) -> None:
    line.drop()
    claim = line.claim()
    save(line, claim, 0, 3, 15_000)
    save(line, claim, 1, 4, 20_000)
    assert line.jobs.read_claimed_speaker_chunks(claim.job_id, claim.fence, 0, 9) == CHUNKS
    assert line.jobs.read_claimed_speaker_chunks(claim.job_id, claim.fence, 2, 1) == CHUNKS[2:3]
    line.jobs.discard_speaker_chunks(claim.job_id, claim.fence)
    assert line.jobs.read_claimed_speaker_chunks(claim.job_id, claim.fence, 0, 9) == []


def test_starting_over_with_the_windows_starts_over_with_the_speakers(line: JobLine) -> None:
    line.drop()
    claim = line.claim()
    line.save(claim, 0, 0)
    save(line, claim, 0, 2, 10_000)
    line.jobs.discard_windows(claim.job_id, claim.fence)
    assert line.jobs.read_claimed_speaker_chunks(claim.job_id, claim.fence, 0, 9) == []


@pytest.mark.parametrize(("diarize", "bar"), [(True, [0, 90, 95, 95]), (False, [0, 99, 99, 99])])
def test_a_tenth_of_the_bar_is_for_the_speakers_and_it_never_falls(
    line: JobLine, diarize: bool, bar: list[int]
) -> None:
    job = line.web(options={"diarize": True} if diarize else {})
    claim = line.claim()
    line.jobs.set_stage(claim.job_id, claim.fence, Stage.TRANSCRIBING, DURATION_MS)
    seen = [line.jobs.get_job(job.job_id, HOLDER).progress]
    line.save(claim, 0, 2)
    seen.append(line.jobs.get_job(job.job_id, HOLDER).progress)
    for diarized_ms in (DURATION_MS // 2, DURATION_MS // 4):
        save(line, claim, 0, 1, diarized_ms)
        seen.append(line.jobs.get_job(job.job_id, HOLDER).progress)
    assert seen == bar


def test_no_holder_gets_to_see_what_is_kept_of_voices(line: JobLine) -> None:
    job = line.web()
    claim = line.claim()
    marked = SpeakerChunk(0, 0, 10_000, b"a print of a voice")
    line.jobs.save_speaker_chunks(
        claim.job_id, claim.fence, [marked], {"speakers": None}, diarized_ms=1, remaining_ms=None
    )
    shown = line.jobs.get_job(job.job_id, HOLDER).model_dump_json() + json.dumps(
        line.database.call("list_jobs", holder=HOLDER.as_json(), page=1, per_page=5, filters={}), default=str
    )
    assert "voice" not in shown
    assert "YSBwcmludCBvZiBhIHZvaWNl" not in shown
