"""whisper.cpp through the whole pipeline: handed over, it ends with the same bytes; no other engine goes on with it."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from aisubs.model.job import Options
from aisubs.model.transcript import Segment
from aisubs.ports import Engine, Prepared
from aisubs.settings import Settings
from aisubs.wiring_engine import make_engine
from tests.recognition.scores import word_error_rate
from tests.scripted_engine import ScriptedEngine
from tests.speech import long_recording, write_audio
from tests.workshop import Workshop

MODEL = "whisper-cpp:base"
SAID = long_recording(40, seed=4)


@pytest.fixture(scope="module")
def engine(base_model: Path) -> Engine:
    return make_engine(Settings(model=MODEL, cpu_threads=1))


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Two windows, which are decoded one by one here: the second is a short one."""
    write_audio(SAID.blocks(), tmp_path / "two.flac")
    return tmp_path / "two.flac"


@dataclass
class Noting:
    """The engine, with the windows of each batch that it is asked for. `stop` is set by the first of them: what is
    begun is saved then, and somebody else goes on."""

    real: Engine
    stop: threading.Event = field(default_factory=threading.Event)
    asked: list[tuple[int, ...]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def transcribe(self, batch: Sequence[Prepared], language: str, options: Options) -> list[tuple[Segment, ...]]:
        self.stop.set()
        self.asked.append(tuple(one.piece.seq for one in batch))
        return self.real.transcribe(batch, language, options)


def test_handed_over_it_ends_with_the_same_bytes_and_no_other_engine_goes_on(
    database_url: str, tmp_path: Path, recording: Path, engine: Engine
) -> None:
    with Workshop(database_url, tmp_path / "workshop") as workshop:
        undisturbed = workshop.drop(recording, "two.flac", model=MODEL)
        assert workshop.work(engine, batch_size=1) == 0
        windows, files = workshop.windows(undisturbed), workshop.files(undisturbed)
        told = json.loads(files["json"])
        assert (told["model"], told["language"]) == (MODEL, "en")
        assert word_error_rate(" ".join(SAID.words), files["txt"].decode()) < 0.25  # a synthesizer's voice, base's ears
        workshop.sql("update aisubs.transcription_jobs set crc32c = 'other'")

        job_id = workshop.drop(recording, "two.flac", model=MODEL, fresh=True)
        first, second = Noting(engine), Noting(engine)
        assert workshop.work(first, stop=first.stop, batch_size=1) == 0
        assert 0 < len(workshop.windows(job_id)) < len(windows)
        assert workshop.work(second, batch_size=1) == 0
        assert second.asked[0][0] > first.asked[-1][-1], "what was saved is not heard again"
        assert workshop.windows(job_id) == windows
        assert workshop.files(job_id) == files

        other = workshop.drop(recording, "two.flac", language="en", force_language=True, fresh=True)
        third, scripted = Noting(engine), ScriptedEngine(batch_size=4)
        assert workshop.work(third, stop=third.stop, batch_size=1) == 0
        assert workshop.windows(other)
        assert workshop.work(scripted, batch_size=1) == 0
        assert scripted.batches[0] == third.asked[0], "another engine hears it from the start"
        assert workshop.row(other)["status"] == "completed"
