"""The whole pipeline with real weights in this process: a recording goes in, what was heard comes out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aisubs.adapters.engine.faster_whisper import FasterWhisperEngine
from aisubs.model.transcript import Window
from aisubs.settings import Settings
from tests.postgres import Servers
from tests.workshop import Workshop


@dataclass(frozen=True)
class Heard:
    """What came out: the text, the transcript as its JSON tells it, and the rows that it was made of."""

    text: str
    transcript: dict[str, Any]
    windows: list[Window]

    @property
    def language(self) -> str:
        language: str = self.transcript["language"]
        return language


class Listener:
    """A worker with one engine."""

    def __init__(self, workshop: Workshop, engine: FasterWhisperEngine) -> None:
        self._workshop = workshop
        self._engine = engine

    def hear(self, recording: Path, **options: Any) -> Heard:
        job_id = self._workshop.drop(recording, **options)
        assert self._workshop.work(self._engine) == 0
        row = self._workshop.row(job_id)
        assert row["status"] == "completed", row["error_message"]
        files = self._workshop.files(job_id)
        return Heard(files["txt"].decode(), json.loads(files["json"]), self._workshop.windows(job_id))


@pytest.fixture(scope="session")
def workshop(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with servers.clone("pg18") as url, Workshop(url, tmp_path_factory.mktemp("recognition")) as workshop:
        yield workshop


@pytest.fixture(scope="session")
def base(workshop: Workshop, base_model: Path) -> Listener:
    """Whisper base."""
    return Listener(workshop, FasterWhisperEngine.load(Settings(model=str(base_model), cpu_threads=1)))


@pytest.fixture(scope="session")
def tiny_en(workshop: Workshop, tiny_en_model: Path) -> Listener:
    """Whisper tiny.en."""
    return Listener(workshop, FasterWhisperEngine.load(Settings(model=str(tiny_en_model), cpu_threads=1)))
