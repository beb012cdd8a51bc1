"""kill -9 at thirty random moments of the stage that tells speakers apart, with the real networks (fixed seed).

A helper of the bench `speakers`; as a process, `python -m tests.bench.speakers_kills JSON`, the worker that is killed.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from aisubs.settings import Settings
from aisubs.wiring_workers import diarizer_of
from tests.bench.surroundings import database_server, workshop
from tests.real_kills import PATIENCE_S, speech
from tests.scripted_engine import ScriptedEngine
from tests.workshop import Workshop

Row = tuple[str, str, str, bool]
KILLS = 30
_SAMPLES = 4
"""Of 45 s each: three minutes, which are saved in four parts."""
_ASKED = "select seq, start_ms, end_ms, data from aisubs.speaker_chunks where job_id = %s order by seq"


def kill_row() -> Row:
    """Each of as many jobs as it takes ends with the rows, the turns and the files of one that nothing happens to."""
    dice, kills, jobs, equal = random.Random(30), 0, 0, 0
    with tempfile.TemporaryDirectory(prefix="aisubs-bench-") as folder, database_server() as url:
        recording = speech(Path(folder), _SAMPLES)
        with workshop(url) as shop:
            expected, stage_s, _ = _outcome(shop, recording, dice, 0, 0.0)
        while kills < KILLS:
            with workshop(url) as shop:
                outcome, _, spent = _outcome(shop, recording, dice, KILLS - kills, stage_s)
            kills, jobs, equal = kills + spent, jobs + 1, equal + (outcome == expected)
    told = f"{equal} of {jobs} jobs, {kills} kills"
    return ("kill -9 while speakers are told apart: the same rows and bytes", told, "all", equal == jobs)


def _outcome(shop: Workshop, recording: Path, dice: random.Random, most: int, stage_s: float) -> tuple[Any, float, int]:
    """One job to its end, killed up to `most` times: what is published, how long the stage took, kills."""
    job_id, spent, took_s = shop.drop(recording, fresh=True, diarize=True), 0, 0.0
    while shop.row(job_id)["status"] != "completed":
        worker = _start(shop)
        _wait_for_stage(shop, job_id, worker)
        began_s = time.monotonic()
        if spent < most:
            time.sleep(dice.uniform(0.0, stage_s))  # the moment of the kill is what is random
            worker.kill()
        worker.wait(PATIENCE_S)
        took_s = time.monotonic() - began_s
        if shop.row(job_id)["status"] == "processing":
            spent += 1
            shop.jobs.recover_stale(batch=9, stale_after_s=-1.0, max_retries=99, retry_backoff_s=0.0)
    return (shop.sql(_ASKED, job_id), shop.reads(job_id).read_turns(job_id), shop.files(job_id)), took_s, spent


def _start(shop: Workshop) -> subprocess.Popen[bytes]:
    told = json.dumps({"url": shop.url, "folder": str(shop.folder)})
    with (shop.folder / "worker.log").open("ab") as output:
        return subprocess.Popen([sys.executable, "-m", "tests.bench.speakers_kills", told], stderr=output)


def _wait_for_stage(shop: Workshop, job_id: str, worker: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while worker.poll() is None and shop.row(job_id)["progress_stage"] != "diarizing":
        if time.monotonic() > deadline:
            raise TimeoutError("the worker does not get on")
        time.sleep(0.01)


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    with Workshop(told["url"], Path(told["folder"])) as shop:
        sys.exit(shop.work(ScriptedEngine(batch_size=4), diarizer=diarizer_of(Settings())))
