"""A device without memory for more windows at once, with real weights: CTranslate2 raises what it raises then."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import pytest

from aisubs.adapters.engine.faster_whisper import FasterWhisperEngine
from aisubs.adapters.engine.faster_whisper.replicas import Copies
from aisubs.cli.demo_sample import VIDEO
from aisubs.model.job import Options
from aisubs.model.transcript import Segment
from aisubs.ports import Prepared
from aisubs.settings import Settings
from tests.recognition.conftest import Listener
from tests.speech import read_audio, write_audio
from tests.workshop import Workshop

Fill = Callable[[int], None]


@pytest.fixture
def room_for(monkeypatch: pytest.MonkeyPatch) -> Fill:
    """`room_for(n)`: from now on the device has memory for n windows at once."""
    generate = ctranslate2.models.Whisper.generate

    def fill(windows: int) -> None:
        def too_many(self: Any, states: Any, prompts: list[Any], **options: Any) -> Any:
            if len(prompts) > windows:
                raise RuntimeError("CUDA failed with error out of memory")
            return generate(self, states, prompts, **options)

        monkeypatch.setattr(ctranslate2.models.Whisper, "generate", too_many)

    return fill


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five windows."""
    samples = np.tile(read_audio(VIDEO), 3)
    return write_audio(samples, tmp_path_factory.mktemp("recordings") / "three-times.flac")


class StoppingEngine(FasterWhisperEngine):
    """Has the worker hand over after its first batch, if it is given a way to."""

    stop: threading.Event | None = None

    def transcribe(self, batch: Sequence[Prepared], language: str, options: Options) -> list[tuple[Segment, ...]]:
        answers = super().transcribe(batch, language, options)
        if self.stop is not None:
            self.stop.set()
        return answers


Load = Callable[..., StoppingEngine]


@pytest.fixture
def engine(tiny_en_model: Path, tmp_path: Path) -> Load:
    """Loads tiny.en; what is remembered of the device is the test's own."""

    def load(models: str = "models") -> StoppingEngine:
        settings = Settings(model=str(tiny_en_model), model_dir=tmp_path / models, cpu_threads=1, beam_size=1)
        loaded = StoppingEngine.load(settings)
        assert isinstance(loaded, StoppingEngine)
        loaded._copies = Copies(1, one_by_one=False)  # whole batches at once, as on a GPU
        return loaded

    return load


def test_a_smaller_batch_gives_the_same_text_without_a_retry(
    workshop: Workshop, recording: Path, engine: Load, room_for: Fill
) -> None:
    undisturbed = Listener(workshop, engine()).hear(recording, fresh=True)
    room_for(1)
    short = engine()
    job_id = workshop.drop(recording, fresh=True)
    assert workshop.work(short) == 0
    row = workshop.row(job_id)
    assert (row["status"], row["retry_count"]) == ("completed", 0)
    assert workshop.windows(job_id) == undisturbed.windows
    assert json.loads(workshop.files(job_id)["json"]) == undisturbed.transcript
    assert short.at_once == engine().at_once == 1, "remembered for this model and device"


def test_whoever_goes_on_decodes_as_many_at_once(
    workshop: Workshop, recording: Path, engine: Load, room_for: Fill
) -> None:
    room_for(1)
    job_id = workshop.drop(recording, fresh=True)
    first = engine()
    first.stop = threading.Event()
    assert workshop.work(first, stop=first.stop) == 0
    row = workshop.row(job_id)
    assert (row["status"], row["resume_state"]["at_once"]) == ("pending", 1)
    room_for(99)
    other_machine = engine("models of another machine")
    assert other_machine.at_once is None
    assert workshop.work(other_machine) == 0
    assert workshop.row(job_id)["status"] == "completed"
    assert other_machine.at_once == 1


def test_no_room_for_a_single_window_is_tried_once_more_and_told_as_that(
    workshop: Workshop, recording: Path, engine: Load, room_for: Fill
) -> None:
    room_for(0)
    job_id = workshop.drop(recording, fresh=True)
    assert workshop.work(engine()) == 0
    row = workshop.row(job_id)
    assert (row["status"], row["retry_count"]) == ("pending", 1), "another program may have had the memory"
    assert workshop.work(engine()) == 0
    row = workshop.row(job_id)
    assert (row["status"], row["error_code"], row["retry_count"]) == ("failed", "out_of_memory", 1)
    assert "memory" in row["error_message"]
    assert row["retryable"], "whoever has freed some may try again"
