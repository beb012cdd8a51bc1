"""Workers with real weights that are killed with -9 at random moments: for the bench, and for a bounded test."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aisubs.cli.demo_sample import VIDEO
from aisubs.model.transcript import Window
from tests.speech import read_audio, write_audio
from tests.workshop import Workshop

PATIENCE_S = 900.0
RETRIES = 3
"""As in production: so many attempts in a row that get nowhere end a job."""


@dataclass
class Fire:
    """What kills cost. `further`: how many of the killed attempts had saved something; `uncounted`: after how many of
    those the job could be had again at once, without a retry counted."""

    kills: int = 0
    further: int = 0
    uncounted: int = 0
    jobs: int = 0
    equal: int = 0
    wall_s: float = 0.0


@dataclass(frozen=True)
class Undisturbed:
    """A run that nothing happens to. `first_save_s`: start of a worker, load of the model, one batch."""

    windows: list[Window]
    files: dict[str, bytes]
    wall_s: float
    first_save_s: float


def speech(room: Path, times: int) -> Path:
    """The demo's sample so many times over: 45 s each, in two languages."""
    return write_audio(np.tile(read_audio(VIDEO), times), room / "speech.flac")


def undisturbed(shop: Workshop, recording: Path) -> Undisturbed:
    job_id = shop.drop(recording, fresh=True)
    began_s = time.monotonic()
    worker = shop.start_process()
    _wait(worker, lambda: shop.row(job_id)["windows"] > 0)
    first_save_s = time.monotonic() - began_s
    assert worker.wait(PATIENCE_S) == 0
    wall_s = time.monotonic() - began_s
    return Undisturbed(shop.windows(job_id), shop.files(job_id), wall_s, first_save_s)


def under_fire(
    shop: Workshop, recording: Path, expected: Undisturbed, dice: random.Random, fire: Fire, kills: int
) -> None:
    """One job to its end, killed until `kills` are spent in all: between the start of a worker and some batches on."""
    job_id = shop.drop(recording, fresh=True)
    while shop.row(job_id)["status"] != "completed":
        began_s, before = time.monotonic(), shop.row(job_id)
        worker = shop.start_process()
        if fire.kills < kills:
            # Not three times in a row before anything was saved: that is what ends a job.
            if before["retry_count"] >= RETRIES - 1:
                _wait(worker, lambda: shop.row(job_id)["windows"] > before["windows"])  # noqa: B023
            else:
                _wait(worker, lambda: shop.row(job_id)["status"] == "processing")
            time.sleep(dice.uniform(0.0, 2 * expected.first_save_s))  # the moment of the kill is what is random
            worker.kill()
        worker.wait(PATIENCE_S)
        fire.wall_s += time.monotonic() - began_s
        after = shop.row(job_id)
        if after["status"] == "processing":
            shop.jobs.recover_stale(batch=9, stale_after_s=-1.0, max_retries=RETRIES, retry_backoff_s=0.0)
            _note(fire, before["windows"], after["windows"], shop.row(job_id))
    fire.jobs += 1
    fire.equal += shop.windows(job_id) == expected.windows and shop.files(job_id) == expected.files


def _note(fire: Fire, windows_before: int, windows_after: int, back: dict[str, object]) -> None:
    fire.kills += 1
    if windows_after > windows_before:
        fire.further += 1
        fire.uncounted += (back["retry_count"], back["not_before"]) == (0, None)


def _wait(worker: subprocess.Popen[bytes], holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while worker.poll() is None and not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("the worker does not get on")
        time.sleep(0.01)
