"""The second opinion in a worker: who is asked about what, what is saved of it, and how it goes on after a kill."""

from __future__ import annotations

import gc
import json
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from aisubs.model.errors import error
from aisubs.model.job import Job
from aisubs.model.transcript import Window
from aisubs.pipeline.jobs import Holder, hash_token
from aisubs.ports import Engine
from tests.scripted_engine import ScriptedEngine
from tests.speech import long_recording, write_audio
from tests.workshop import Killed, Workshop

IN_DOUBT = (1, 3, 4)
"""Windows of which the first model tells nothing."""


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven windows or so."""
    folder = tmp_path_factory.mktemp("recordings")
    return write_audio(long_recording(240, seed=5).blocks(), folder / "four minutes.mp3")


@dataclass
class Models:
    """Loads a first model that is at a loss about some windows, and a second one that never is."""

    in_doubt: tuple[int, ...] = IN_DOUBT
    before_answer: Callable[[int], None] = lambda _: None
    loaded: list[str | None] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    first: Callable[[], object] = lambda: None

    def load(self, name: str | None) -> Engine:
        self.loaded.append(name)
        if name is None:
            engine = ScriptedEngine(batch_size=4, model="small one", answers=dict.fromkeys(self.in_doubt, ()))
            self.first = weakref.ref(engine)
            return engine
        gc.collect()
        assert self.first() is None, "the first is still in memory"
        second = ScriptedEngine(model=name, fingerprint=name, before_batch=self.before_answer)
        self.asked = second.batches  # type: ignore[assignment]
        return second

    @property
    def asked_about(self) -> list[int]:
        return [seq for batch in self.asked for seq in batch]  # type: ignore[attr-defined]


def show(workshop: Workshop, job_id: str) -> Job:
    workshop.sql("update aisubs.transcription_jobs set token_hash = %s", hash_token("token"))
    return workshop.jobs.get_job(job_id, Holder.of(["token"]))


def models_of(window: Window) -> set[str | None]:
    return {segment.model for segment in window.segments}


def test_only_what_is_in_doubt_is_asked_about_and_told_apart(workshop: Workshop, recording: Path) -> None:
    models = Models()
    job_id = workshop.drop(recording, second_opinion="large one")
    assert workshop.work(load=models.load) == 0
    windows = workshop.windows(job_id)
    spoken = [window for window in windows if window.speech_ms]
    assert models.loaded == [None, "large one"]
    assert models.asked_about == list(IN_DOUBT)
    for window in spoken:
        assert models_of(window) == ({"large one"} if window.seq in IN_DOUBT else {None})
    transcript = json.loads(workshop.files(job_id)["json"])
    assert transcript["model"] == "small one"
    assert {segment["model"] for segment in transcript["segments"]} == {None, "large one"}
    asked_ms = sum(end - start for seq in IN_DOUBT for start, end in windows[seq].speech)
    told = {"model": "large one", "asked_ms": asked_ms, "changed_ms": asked_ms, "refused": None}
    assert transcript["extra"]["second_opinion"] == told
    assert transcript["coverage"]["unresolved_ms"] == 0
    shown = show(workshop, job_id).second_opinion
    assert shown is not None
    assert (shown.asked_ms, shown.done) == (asked_ms, True)
    assert shown.wall_ms > 0


def test_where_nothing_is_in_doubt_the_second_model_is_never_loaded(workshop: Workshop, recording: Path) -> None:
    models = Models(in_doubt=())
    job_id = workshop.drop(recording, second_opinion="large one")
    assert workshop.work(load=models.load) == 0
    assert models.loaded == [None]
    shown = show(workshop, job_id).second_opinion
    assert shown is not None
    assert shown.sentence == "second opinion by large one: nothing was in doubt"


@pytest.mark.parametrize("choice", [{}, {"second_opinion": "none"}])
def test_nobody_is_asked_unless_somebody_wants_it(workshop: Workshop, recording: Path, choice: dict[str, Any]) -> None:
    models = Models()
    job_id = workshop.drop(recording, **choice)
    assert workshop.work(load=models.load, second_opinion="large one" if choice else "") == 0
    assert models.loaded == [None]
    assert show(workshop, job_id).second_opinion is None
    assert "second_opinion" not in json.loads(workshop.files(job_id)["json"])["extra"]


def test_the_workers_setting_counts_where_a_job_says_nothing(workshop: Workshop, recording: Path) -> None:
    models = Models()
    workshop.drop(recording)
    assert workshop.work(load=models.load, second_opinion="large one") == 0
    assert models.loaded == [None, "large one"]


def test_the_draft_can_be_read_meanwhile(workshop: Workshop, recording: Path) -> None:
    seen: list[tuple[str, int, bool]] = []
    job_id = workshop.drop(recording, second_opinion="large one")

    def look(_: int) -> None:
        row = workshop.row(job_id)
        whole = row["saved_ms"] == row["duration_ms"]
        seen.append((row["progress_stage"], sum(bool(one.segments) for one in workshop.windows(job_id)), whole))

    workshop.work(load=Models(before_answer=look).load)
    first = seen[0][1]
    assert seen == [("second_opinion", first + number, True) for number in range(len(IN_DOUBT))]


@pytest.mark.parametrize("answers", range(len(IN_DOUBT)))
def test_killed_or_stopped_it_goes_on_and_ends_with_the_same_bytes(
    workshop: Workshop, recording: Path, answers: int
) -> None:
    undisturbed = workshop.drop(recording, "a.mp3", second_opinion="large one")
    assert workshop.work(load=Models().load) == 0
    workshop.sql("update aisubs.transcription_jobs set crc32c = 'other'")
    job_id = workshop.drop(recording, "a.mp3", second_opinion="large one", fresh=True)

    def kill(number: int) -> None:
        if number == answers:
            raise Killed

    first = Models(before_answer=kill)
    with pytest.raises(Killed):
        workshop.work(load=first.load)
    workshop.jobs.recover_stale(batch=9, stale_after_s=-1.0, max_retries=0, retry_backoff_s=60.0)
    assert workshop.row(job_id)["status"] == "pending", "it had got further"
    stop = threading.Event()
    second = Models(before_answer=lambda _: stop.set())
    workshop.work(load=second.load, stop=stop)
    third = Models()
    workshop.work(load=third.load)
    again = first.asked_about[:answers] + second.asked_about + third.asked_about
    assert again == list(IN_DOUBT), "nothing twice, nothing left out"
    assert workshop.row(job_id)["status"] == "completed"
    assert workshop.windows(job_id) == workshop.windows(undisturbed)
    assert workshop.files(job_id) == workshop.files(undisturbed)


def test_a_model_that_does_not_fit_leaves_the_first_text_and_says_so(workshop: Workshop, recording: Path) -> None:
    models = Models()

    def load(name: str | None) -> Engine:
        if name is not None:
            raise error("out_of_memory", where="GPU", model=name)
        return models.load(name)

    job_id = workshop.drop(recording, second_opinion="large one")
    assert workshop.work(load=load) == 0
    assert workshop.row(job_id)["status"] == "completed"
    assert json.loads(workshop.files(job_id)["json"])["extra"]["second_opinion"]["refused"] == "out_of_memory"


def test_a_result_without_the_second_opinion_is_not_taken_over(workshop: Workshop, recording: Path) -> None:
    choice = {"model": "small one", "second_opinion": "large one"}
    workshop.drop(recording, "one.mp3")
    assert workshop.work(load=Models().load, model="small one") == 0
    models = Models()
    job_id = workshop.drop(recording, "two.mp3")
    assert workshop.work(load=models.load, **choice) == 0
    assert models.loaded == [None, "large one"]
    workshop.drop(recording, "three.mp3")
    assert workshop.work(load=models.load, **choice) == 0
    assert models.loaded == [None, "large one"], "this one was"
    assert workshop.row(job_id)["status"] == "completed"
