"""What a job costs beside inference, and what a thousand short ones would: one worker, one model load."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

import numpy as np

from aisubs.ports import Engine
from tests.bench.stopwatch import Stopwatch
from tests.bench.surroundings import database_server, in_process, recording, workshop
from tests.scripted_engine import ScriptedEngine
from tests.speech import long_recording, write_audio
from tests.workshop import Workshop

Row = tuple[str, str, str, bool]
JOBS = 200
MIB = 1024**2


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="aisubs-bench-") as folder, database_server() as url:
        room = Path(folder)
        p50_ms, p99_ms = _per_job(url, room)
        ratio, told = _clips(url, room)
        small = in_process("memory_worker", url=url, recording=str(_ten_minutes(room)))["peak_bytes"]
        large = in_process("memory_worker", url=url, recording=str(recording(3, room)))["peak_bytes"]
    return [
        ("a job with an empty engine, submit to completed, median", f"{p50_ms:.0f} ms", "<= 50 ms", p50_ms <= 50),
        ("the same, 99th percentile", f"{p99_ms:.0f} ms", "<= 150 ms", p99_ms <= 150),
        (f"{JOBS} clips of 5 s: wall / (one load + inference)", f"{ratio:.2f} ({told})", "<= 1.5", ratio <= 1.5),
        (
            "memory of the worker with the toy model, 3 h / 10 min",
            f"{large / small:.2f} ({large / MIB:.0f} / {small / MIB:.0f} MiB)",
            "<= 1.15",
            large <= 1.15 * small,
        ),
    ]


def _per_job(url: str, room: Path) -> tuple[float, float]:
    """One after the other, each worked off as soon as it is there: (median, 99th percentile) in milliseconds."""
    took_ms = []
    with workshop(url) as shop:
        for number in range(JOBS + 5):
            # Another content each time: an equal one would only be taken over.
            path = write_audio(np.full(16_000, number / 30_000, np.float32), room / f"second {number}.wav")
            began_s = time.monotonic()
            shop.drop(path)
            watch = Stopwatch(shop.database)
            shop.work(ScriptedEngine(), database=watch)
            done = watch.first("complete_job")
            took_ms.append((done.began_s + done.took_s - began_s) * 1000)
    steady = took_ms[5:]
    return median(steady), quantiles(steady, n=100)[98]


def _clips(url: str, room: Path) -> tuple[float, str]:
    """Two hundred clips of 5 s drained by one worker with the toy model."""
    with workshop(url) as shop:
        for number in range(JOBS):
            shop.drop(write_audio(long_recording(5, seed=number).samples(), room / f"{number}.wav"))
        timed = _Timed()
        began_s = time.monotonic()
        shop.work(load=lambda model: timed.load(shop, model))
        wall_s = time.monotonic() - began_s
    return wall_s / timed.spent_s, f"{wall_s:.1f} s / {timed.spent_s:.1f} s"


class _Timed:
    """Loads the engine and adds up the time that it is really at work."""

    def __init__(self) -> None:
        self.spent_s = 0.0

    def load(self, shop: Workshop, model: str | None) -> Engine:
        from aisubs.wiring_engine import make_engine

        began_s = time.monotonic()
        engine = make_engine(shop.settings, model)
        self.spent_s += time.monotonic() - began_s
        for name in ("transcribe", "redecode", "guess_languages", "guess_spans"):
            setattr(engine, name, self._timed(getattr(engine, name)))
        return engine

    def _timed(self, call):  # type: ignore[no-untyped-def]
        def timed(*given, **named):  # type: ignore[no-untyped-def]
            began_s = time.monotonic()
            try:
                return call(*given, **named)
            finally:
                self.spent_s += time.monotonic() - began_s

        return timed


def _ten_minutes(room: Path) -> Path:
    whole = recording(1 / 3, room).read_bytes()
    path = room / "ten minutes.mp3"
    path.write_bytes(whole[: len(whole) // 2])
    return path
