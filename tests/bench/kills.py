"""kill -9 at fifty random moments (fixed seed): the same bytes in the end, two batches redone at most, quick to go on.

Once with the toy, whose batches are counted; once with real tiny.en, where the time is measured that a kill costs.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.bench.simulated_accelerator import SimulatedEngine
from tests.bench.stopwatch import Stopwatch
from tests.bench.surroundings import database_server, recording, workshop
from tests.real_kills import Fire, speech, under_fire, undisturbed
from tests.real_models import real_model
from tests.workshop import Workshop

Row = tuple[str, str, str, bool]
KILLS = 50
PATIENCE_S = 600.0


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="aisubs-bench-") as folder, database_server() as url:
        room = Path(folder)
        jobs, same, redone = _kill_runs(url, recording(1 / 3, room))
        resumed_s = _reposition(url, recording(4 / 3, room))
    return [
        (f"kill -9 at {KILLS} random moments: jobs with the same bytes", f"{same} of {jobs}", "all", same == jobs),
        (
            "whole batches computed again per kill, at most (one may be on its way into the database)",
            str(max(redone)),
            "<= 2",
            max(redone) <= 2,
        ),
        *real_rows(),
        ("going on at 1 h: claim to first batch at the engine", f"{resumed_s:.1f} s", "<= 3 s", resumed_s <= 3),
    ]


def real_rows() -> list[Row]:
    """Real weights: the same bytes, and what a kill costs beside the start of a worker, the model and one batch."""
    dice, fire = random.Random(50), Fire()
    with tempfile.TemporaryDirectory(prefix="aisubs-bench-") as folder, database_server() as url:
        recording_, model = speech(Path(folder), 6), str(real_model("tiny.en"))
        with workshop(url, model=model) as shop:
            expected = undisturbed(shop, recording_)
        while fire.kills < KILLS:
            with workshop(url, model=model) as shop:
                under_fire(shop, recording_, expected, dice, fire, KILLS)
    extra_s = (fire.wall_s - fire.jobs * expected.wall_s) / fire.kills
    known_s = expected.first_save_s
    return [
        (f"the same, tiny.en, {fire.kills} kills", f"{fire.equal} of {fire.jobs}", "all", fire.equal == fire.jobs),
        ("a kill costs (start, model, one batch)", f"{extra_s:.1f} s", f"<= {known_s:.1f} s", extra_s <= known_s),
        (
            "killed attempts that had got further, followed at once",
            f"{fire.uncounted} of {fire.further}",
            "all",
            fire.uncounted == fire.further,
        ),
    ]


def _kill_runs(url: str, path: Path) -> tuple[int, int, list[int]]:
    """Run one job after the other under fire until all kills are spent: (jobs, equal ones, batches redone per kill)."""
    dice = random.Random(20)
    with workshop(url) as shop:
        expected = _outcome(shop, shop.drop(path), dice, 0)[0]
    kills, jobs, same, redone = 0, 0, 0, [0]
    while kills < KILLS:
        with workshop(url) as shop:
            outcome, spent, again = _outcome(shop, shop.drop(path), dice, KILLS - kills)
        jobs, kills = jobs + 1, kills + spent
        same += outcome == expected
        redone += again
    return jobs, same, redone


def _outcome(shop: Workshop, job_id: str, dice: random.Random, kills: int) -> tuple[object, int, list[int]]:
    """Finish one job with at most `kills` kills: (what was published, kills, batches redone after each)."""
    spent, redone = 0, []
    while shop.row(job_id)["status"] != "completed":
        before = len(_batches(shop))
        worker = _start(shop)
        if spent < kills:
            # Anywhere between the claim and a few batches on; the worker may also just be done.
            _wait_for_batches(shop, job_id, worker, before + dice.randint(0, 3))
            time.sleep(dice.uniform(0.0, 0.3))
            worker.kill()
        worker.wait(PATIENCE_S)
        done = _batches(shop)
        redone.append(sum(batch in done[:before] for batch in done[before:]))
        if shop.row(job_id)["status"] == "processing":
            spent += 1
            shop.jobs.recover_stale(batch=9, stale_after_s=-1.0, max_retries=99, retry_backoff_s=0.0)
    return (shop.windows(job_id), shop.files(job_id)), spent, redone


def _start(shop: Workshop) -> subprocess.Popen[bytes]:
    told = json.dumps({"url": shop.url, "folder": str(shop.folder)})
    with (shop.folder / "worker.log").open("ab") as output:
        return subprocess.Popen([sys.executable, "-m", "tests.bench.killed_worker", told], stderr=output)


def _wait_for_batches(shop: Workshop, job_id: str, worker: subprocess.Popen[bytes], batches: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while worker.poll() is None:
        if shop.row(job_id)["status"] == "processing" and len(_batches(shop)) >= batches:
            return
        if time.monotonic() > deadline:
            raise TimeoutError("the worker does not get on")
        time.sleep(0.01)


def _batches(shop: Workshop) -> list[list[int]]:
    path = shop.folder / "batches"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _reposition(url: str, path: Path) -> float:
    """Hand a job over behind its first hour; then seconds from the new claim until the engine gets a batch."""
    with workshop(url) as shop:
        job_id = shop.drop(path)
        stop = threading.Event()

        def behind_an_hour(_: int) -> None:
            if shop.row(job_id)["progress_ms"] >= 3_600_000 - 600_000:
                stop.set()

        shop.work(SimulatedEngine(before_batch=behind_an_hour), stop=stop)
        began_s: list[float] = []
        watch = Stopwatch(shop.database)
        shop.work(SimulatedEngine(before_batch=lambda _: began_s.append(time.monotonic())), database=watch)
        return began_s[0] - watch.first("claim_next_job").began_s
