"""Speakers by the networks themselves: killed where they listen, the same rows and bytes; and decided once more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aisubs.cli.demo_sample import VIDEO
from aisubs.model.turns import SpeakerCount, Turn
from aisubs.model.voices import VoicePrint
from aisubs.pipeline.jobs import Holder, hash_token
from aisubs.pipeline.read_transcript import read_text
from aisubs.pipeline.redo_speakers import redo_speakers
from aisubs.ports import Diarizer, Samples, SpeakerChunk, SpokenSpans
from aisubs.settings import Settings
from aisubs.weights.speakers.place import FoundSpeakers
from aisubs.wiring_workers import deciders_of, diarizer_of
from tests.scripted_engine import ScriptedEngine
from tests.workshop import Killed, Workshop


@dataclass
class Dying:
    """The diarizer until it has heard `chunk`."""

    real: Diarizer
    chunk: int

    @property
    def fingerprint(self) -> str:
        return self.real.fingerprint

    @property
    def alike(self) -> float:
        return self.real.alike

    def reads(self, fingerprint: str) -> bool:
        return self.real.reads(fingerprint)

    def voices(self, rows: Sequence[SpeakerChunk], spoken: SpokenSpans) -> dict[str, VoicePrint]:
        return self.real.voices(rows, spoken)

    def start_sample(self, first_chunk: int) -> int:
        return self.real.start_sample(first_chunk)

    def listen(self, blocks: Iterable[Samples], first_chunk: int = 0) -> Iterator[SpeakerChunk]:
        for row in self.real.listen(blocks, first_chunk):
            if row.seq == self.chunk:
                raise Killed
            yield row

    def decide(self, rows: Sequence[SpeakerChunk], duration_ms: int, count: SpeakerCount) -> list[Turn]:
        return self.real.decide(rows, duration_ms, count)


def rows(workshop: Workshop, job_id: str) -> list[dict[str, Any]]:
    asked = "select seq, start_ms, end_ms, data from aisubs.speaker_chunks where job_id = %s order by seq"
    return workshop.sql(asked, job_id)


def test_killed_where_it_listens_it_ends_with_the_same_rows_and_bytes(
    database_url: str, tmp_path: Path, speakers: FoundSpeakers
) -> None:
    real = diarizer_of(Settings())
    with Workshop(database_url, tmp_path) as workshop:

        def work(diarizer: Diarizer | None = None) -> None:
            workshop.work(ScriptedEngine(batch_size=4), diarizer=diarizer or real)

        undisturbed = workshop.drop(VIDEO, "talk.mp4", diarize=True)
        work()
        workshop.sql("update aisubs.transcription_jobs set crc32c = 'other'")
        expected = rows(workshop, undisturbed), workshop.files(undisturbed)
        assert b"Speaker 2" in expected[1]["srt"]
        job_id = workshop.drop(VIDEO, "talk.mp4", diarize=True, fresh=True)
        for chunk in (0, len(expected[0]) // 2, len(expected[0]) - 1):
            with pytest.raises(Killed):
                work(Dying(real, chunk))
            workshop.jobs.recover_stale(batch=9, stale_after_s=-1.0, max_retries=99, retry_backoff_s=0.0)
        work()
        assert (rows(workshop, job_id), workshop.files(job_id)) == expected


def test_another_number_is_decided_without_hearing_anything(
    database_url: str, tmp_path: Path, speakers: FoundSpeakers
) -> None:
    holder = Holder.of(["token"])
    with Workshop(database_url, tmp_path) as workshop:
        job_id = workshop.drop(VIDEO, "talk.mp4", diarize=True)
        workshop.work(ScriptedEngine(batch_size=4), diarizer=diarizer_of(Settings()))
        workshop.sql("update aisubs.transcription_jobs set token_hash = %s", hash_token("token"))
        job = workshop.jobs.get_job(job_id, holder)
        assert job.diarization is not None
        workshop.store.delete(workshop.row(job_id)["object_name"])
        numbers = []
        for based_on, number in enumerate((1, 2, None)):
            count = SpeakerCount(number)
            redo_speakers(job, holder, based_on, count, jobs=workshop.jobs, deciders=deciders_of(Settings()))
            job = workshop.jobs.get_job(job_id, holder)
            text = read_text(job, jobs=workshop.reads(job.job_id)).document
            numbers.append(len({paragraph.speaker for paragraph in text.paragraphs}))
        assert numbers == [1, 2, job.diarization.found]
