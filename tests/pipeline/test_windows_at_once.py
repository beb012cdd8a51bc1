"""An engine that takes several windows at a time says of a recording what one says that takes them in turn."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from aisubs.model.errors import error
from aisubs.model.job import Options
from aisubs.model.transcript import Segment
from aisubs.pipeline.transcribe.windows_at_once import FREE_SECOND_PASSES
from aisubs.ports import Prepared
from tests.pipeline.test_transcribe_job import four_minutes, undisturbed, without_title
from tests.scripted_engine import Answers, ScriptedEngine
from tests.workshop import Workshop

__all__ = ["four_minutes"]  # a fixture

LOOP = Segment(0, 1_000, " no" * 60, avg_logprob=-0.2, no_speech_prob=0.01)


class Crossing(ScriptedEngine):
    """Two windows of `together` leave only when both are there, so a test cannot pass by taking turns."""

    def __init__(self, together: tuple[int, int], **told: object) -> None:
        super().__init__(batch_size=4, concurrency=2, **told)  # type: ignore[arg-type]
        self.together = together
        self.gate = threading.Barrier(2, timeout=20)

    def transcribe(self, batch: Sequence[Prepared], language: str, options: Options) -> list[Answers]:
        if batch[0].piece.seq in self.together:
            self.gate.wait()
        return super().transcribe(batch, language, options)


def test_the_last_window_of_a_batch_meets_the_first_of_the_next(workshop: Workshop, four_minutes: Path) -> None:
    windows, files, batches = undisturbed(workshop, four_minutes)
    engine = Crossing((batches[0][-1], batches[1][0]))
    engine.gate.reset()
    job_id = workshop.drop(four_minutes)
    assert workshop.work(engine) == 0
    assert workshop.windows(job_id) == windows
    assert without_title(workshop.files(job_id)) == files


@pytest.mark.parametrize("concurrency", [2, 3])
def test_further_passes_are_allowed_as_if_windows_came_in_turn(
    workshop: Workshop, four_minutes: Path, concurrency: int
) -> None:
    """Every window asks for more of them than there are, so what is left for one depends on those before it."""
    told = {
        "answers": dict.fromkeys(range(40), (LOOP,)),
        "second_answers": {(seq, attempt): (LOOP,) for seq in range(40) for attempt in range(1, 4)},
    }
    outcomes = []
    for engine in (ScriptedEngine(batch_size=4, **told), ScriptedEngine(batch_size=4, concurrency=concurrency, **told)):  # type: ignore[arg-type]
        job_id = workshop.drop(four_minutes, f"{engine.concurrency}/{four_minutes.name}")
        assert workshop.work(engine) == 0
        workshop.sql("update aisubs.transcription_jobs set crc32c = 'other'")
        outcomes.append((workshop.windows(job_id), without_title(workshop.files(job_id))))
    assert outcomes[0] == outcomes[1]


def test_the_passes_are_fewer_than_what_all_windows_would_take(workshop: Workshop, four_minutes: Path) -> None:
    """So the test above is about an allowance that runs out."""
    again = {(seq, attempt): (LOOP,) for seq in range(40) for attempt in range(1, 4)}
    engine = ScriptedEngine(batch_size=4, answers=dict.fromkeys(range(40), (LOOP,)), second_answers=again)
    workshop.drop(four_minutes)
    assert workshop.work(engine) == 0
    assert FREE_SECOND_PASSES <= len(engine.passes) < 3 * sum(len(batch) for batch in engine.batches)


def test_asked_to_stop_it_saves_the_batch_in_front_and_begins_no_other(workshop: Workshop, four_minutes: Path) -> None:
    windows, files, batches = undisturbed(workshop, four_minutes)
    job_id = workshop.drop(four_minutes)
    stop = threading.Event()
    first = ScriptedEngine(batch_size=4, concurrency=2, before_batch=lambda _: stop.set())
    assert workshop.work(first, stop=stop) == 0
    assert workshop.row(job_id)["status"] == "pending"
    assert workshop.row(job_id)["windows"] == batches[0][-1] + 1
    assert workshop.work(ScriptedEngine(batch_size=4, concurrency=2)) == 0
    assert workshop.windows(job_id) == windows
    assert without_title(workshop.files(job_id)) == files


def test_a_fault_behind_what_is_begun_loses_none_of_it(workshop: Workshop, four_minutes: Path) -> None:
    """The window that fails is in the second batch: the first is saved."""
    _, _, batches = undisturbed(workshop, four_minutes)
    fails = batches[1][0]

    class Failing(ScriptedEngine):
        def transcribe(self, batch: Sequence[Prepared], language: str, options: Options) -> list[Answers]:
            if batch[0].piece.seq == fails:
                raise error("engine_failed", "this one")
            return super().transcribe(batch, language, options)

    job_id = workshop.drop(four_minutes)
    workshop.work(Failing(batch_size=4, concurrency=2))
    assert workshop.row(job_id)["windows"] == fails
