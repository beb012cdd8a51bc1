"""Who said which word, with real Whisper base: by voices, and by the channels of a call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aisubs.adapters.engine.faster_whisper import FasterWhisperEngine
from aisubs.cli.demo_sample import VIDEO
from aisubs.formats.json import parse
from aisubs.settings import Settings
from aisubs.weights.speakers.place import FoundSpeakers
from aisubs.wiring_workers import diarizer_of
from tests.bench.diarization_error import Spoken
from tests.bench.speakers_text import Told
from tests.recognition.sounds import over_telephone
from tests.two_sides import leaking, sample_spoken, two_sides, write_stereo
from tests.workshop import Workshop


def told(workshop: Workshop, model: Path, recording: Path, spoken: list[Spoken], **options: Any) -> tuple[Told, Any]:
    engine = FasterWhisperEngine.load(Settings(model=str(model), cpu_threads=1))
    job_id = workshop.drop(recording, diarize=True, **options)
    assert workshop.work(engine, diarizer=diarizer_of(Settings())) == 0
    file = workshop.files(job_id)["json"]
    return Told(parse(file).segments, spoken), json.loads(file)


def test_by_voices(workshop: Workshop, base_model: Path, speakers: FoundSpeakers) -> None:
    heard, document = told(workshop, base_model, VIDEO, sample_spoken())
    words, right, without = heard.counts()
    assert words > 60
    assert right >= 0.96 * words
    assert without == 0
    assert document["extra"]["speakers"]["found"] == 3


def test_by_channels_of_a_telephone_call(
    workshop: Workshop, base_model: Path, speakers: FoundSpeakers, tmp_path: Path
) -> None:
    both = two_sides()
    samples = both.samples.copy()
    for side in (0, 1):
        samples[:, side] = over_telephone(samples[:, side])
    heard, document = told(
        workshop, base_model, write_stereo(leaking(samples, -25), tmp_path / "call.flac"), both.spoken
    )
    words, right, without = heard.counts()
    assert words > 60
    assert right >= 0.96 * words
    assert without == 0
    assert [track["channel"] for track in document["extra"]["audio_track"]["in_turn"]] == [0, 1]
