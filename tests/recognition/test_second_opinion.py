"""A second opinion with real weights: base is asked about what tiny.en leaves in doubt."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aisubs.adapters.engine.faster_whisper import FasterWhisperEngine
from aisubs.cli.demo_sample import VIDEO
from aisubs.settings import Settings
from tests.speech import SAMPLE_RATE_HZ, read_audio, write_audio
from tests.workshop import Workshop

CLEAR_S = 25
"""So much of the sample is clear English, which tiny.en has no trouble with."""

Load = Callable[[str | None], FasterWhisperEngine]


@pytest.fixture
def loaded() -> list[str]:
    return []


@pytest.fixture
def load(tiny_en_model: Path, base_model: Path, loaded: list[str]) -> Load:
    """tiny.en by default, base where it is asked for."""

    def load(name: str | None) -> FasterWhisperEngine:
        folder = base_model if name == "base" else tiny_en_model
        loaded.append(folder.name)
        return FasterWhisperEngine.load(Settings(model=str(folder), cpu_threads=1))

    return load


def hear(workshop: Workshop, load: Load, recording: Path, **options: Any) -> dict[str, Any]:
    job_id = workshop.drop(recording, fresh=True, **options)
    assert workshop.work(load=load) == 0
    row = workshop.row(job_id)
    assert row["status"] == "completed", row["error_message"]
    transcript: dict[str, Any] = json.loads(workshop.files(job_id)["json"])
    return transcript


def test_a_sentence_that_the_small_model_could_not_know_is_told_by_the_larger_one(
    workshop: Workshop, load: Load, loaded: list[str]
) -> None:
    first = hear(workshop, load, VIDEO)
    assert first["coverage"]["unresolved_ms"] > 2_000, "tiny.en knows English alone, and one sentence is Spanish"
    second = hear(workshop, load, VIDEO, second_opinion="base")
    told = [segment for segment in second["segments"] if segment["model"] is not None]
    spanish = " ".join(segment["text"].strip() for segment in told if segment["language"] == "es")
    # The rest of it lies under words of which the small model was sure.
    assert "abuela" in spanish.lower(), told
    kept = [segment["text"] for segment in second["segments"] if segment["model"] is None]
    assert kept == [segment["text"] for segment in first["segments"] if "doubtful" not in segment["marks"]]
    told_of = second["extra"]["second_opinion"]
    assert 0 < told_of["changed_ms"] == told_of["asked_ms"] < first["coverage"]["unresolved_ms"] + 1_000
    assert second["coverage"]["unresolved_ms"] == 0 < first["coverage"]["unresolved_ms"]
    assert len(loaded) == 3


def test_clear_speech_costs_no_second_model(workshop: Workshop, load: Load, loaded: list[str], tmp_path: Path) -> None:
    clear = write_audio(read_audio(VIDEO)[: CLEAR_S * SAMPLE_RATE_HZ], tmp_path / "clear.flac")
    transcript = hear(workshop, load, clear, second_opinion="base")
    assert transcript["extra"]["second_opinion"]["asked_ms"] == 0
    assert len(loaded) == 1
