"""What the benches of the worker stand on: a migrated Postgres as the local edition runs it, and hours of recording."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import numpy as np
import psycopg

from aisubs.local.postgres import EmbeddedPostgres
from aisubs.sql.migrate import migrate
from tests.speech import long_recording
from tests.workshop import Workshop

BASE_S = 1200
"""Longer recordings repeat twenty minutes of speech with pauses."""


@contextmanager
def database_server() -> Iterator[str]:
    """URL of a migrated database on the embedded Postgres, with its ordinary (durable) settings."""
    with tempfile.TemporaryDirectory(prefix="aisubs-bench-") as folder, EmbeddedPostgres(Path(folder)) as server:
        with psycopg.connect(server.url) as connection:
            migrate(connection)
        yield server.url


@contextmanager
def workshop(url: str, **settings: Any) -> Iterator[Workshop]:
    """A workshop whose jobs are gone afterwards from the line."""
    with tempfile.TemporaryDirectory(prefix="aisubs-bench-") as folder, Workshop(url, Path(folder), **settings) as shop:
        yield shop
        shop.sql("truncate aisubs.transcription_jobs cascade")


def recording(hours: float, folder: Path) -> Path:
    """An mp3 of that length (a multiple of 20 minutes): frames without a header can be strung together."""
    path = folder / f"{hours:g} h.mp3"
    if not path.exists():
        base = _base(folder).read_bytes()
        with path.open("wb") as file:
            for _ in range(round(hours * 3600 / BASE_S)):
                file.write(base)
    return path


def _base(folder: Path) -> Path:
    path = folder / "base.mp3"
    if path.exists():
        return path
    speech = long_recording(BASE_S, seed=11, noise=0.002)
    with av.open(str(path), "w", format="mp3", options={"write_xing": "0", "id3v2_version": "0"}) as container:
        stream = container.add_stream("libmp3lame", rate=16_000, layout="mono")
        stream.bit_rate = 32_000
        for block in speech.blocks():
            frame = av.AudioFrame.from_ndarray(block.reshape(1, -1).astype(np.float32), format="fltp", layout="mono")
            frame.sample_rate = 16_000
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def in_process(module: str, **told: Any) -> dict[str, Any]:
    """Run a module of this folder in a process of its own; returns the JSON of its last line."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{module}", json.dumps(told)],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # as gpu_job/main.py has it; for peers as well
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{module} failed: {done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def peak_bytes() -> int:
    """Most memory this process ever held (resident). Linux only: ru_maxrss would count the parent's."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no VmHWM in /proc/self/status")
