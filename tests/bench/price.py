"""What an hour of audio costs: seconds of a worker as a receipt counts them, at Cloud Run's prices.

A worker's process takes one recording from the line. Its seconds are those of the job's receipt, the load of the model
in them; the start of a container before it has the job is not. The formula is the receipt's (aisubs/model/price.py).
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from aisubs.model.price import HOUR_S, cost_of_audio_hour
from tests.bench.surroundings import database_server, workshop
from tests.real_kills import speech

Row = tuple[str, str, str, bool]

# https://cloud.google.com/run/pricing, tier 1 regions, billed by instance, dollars a second; as price lists of others
# quote it, noted 2026-11-29. (A GPU of a job is one without zonal redundancy.)
VCPU, GIB, L4 = 0.000018, 0.000002, 0.0001867
MEMORY_GIB = 8  # what Cloud Run gives 2 vCPU at most, and four times what base takes
GOALS = {"tiny.en": 0.02, "base": 0.04}
"""Dollars an hour of audio. Services that transcribe ask several times that."""
TIMES = 8  # of 45 s


def worker_hour(vcpu: int, memory_gib: int, *, gpu: bool = False) -> float:
    """Dollars."""
    return HOUR_S * (vcpu * VCPU + memory_gib * GIB + (L4 if gpu else 0.0))


def rows() -> list[Row]:
    cores = os.cpu_count() or 1
    price = worker_hour(cores, MEMORY_GIB)
    made: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="aisubs-bench-") as folder, database_server() as url:
        path = speech(Path(folder), TIMES)
        for model, goal in GOALS.items():
            audio_s, worker_s = worked(url, path, model)
            cost = cost_of_audio_hour(audio_s, worker_s, price)
            told = f"${cost:.4f} ({audio_s / worker_s:.1f} times real time)"
            name = f"an audio hour with {model} on {cores} cores, at ${price:.3f} an hour of them with {MEMORY_GIB} GiB"
            made.append((name, told, f"<= ${goal:.2f}", cost <= goal))
    return made


def worked(url: str, path: Path, model: str) -> tuple[float, float]:
    """Seconds of the recording, and of the worker that transcribed it."""
    with workshop(url) as shop:
        job_id = shop.drop(path, fresh=True)
        if shop.start_process(MODEL=model, DEVICE="cpu").wait() != 0:
            raise RuntimeError((shop.folder / "worker.log").read_text()[-2000:])
        job = shop.row(job_id)
        return job["duration_ms"] / 1000, job["worked_s"]
