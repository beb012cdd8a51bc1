"""Seconds and memory on real weights: whole recordings, our saving included, against faster-whisper's batched pipeline.

Runs are paired, ours and theirs in turn, and the ratio of each pair counts: the machine's speed drifts. Recordings are
clips of readers in a row where there are some (tests/real_recordings.py), else the sample of the demo.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pytest

from aisubs.cli.demo_sample import VIDEO
from tests.bench.surroundings import database_server, in_process
from tests.real_recordings import ROOT, recording
from tests.speech import SAMPLE_RATE_HZ, read_audio, write_audio

Row = tuple[str, str, str, bool]
MIB = 1024**2
PAIRS = 3
_SCRIPT = """
import sys
from faster_whisper import BatchedInferencePipeline, WhisperModel
whisper = WhisperModel(sys.argv[1], device="cpu", compute_type="int8", cpu_threads=2)
told, _ = BatchedInferencePipeline(whisper).transcribe(sys.argv[2], word_timestamps=True)
print(sum(1 for _ in told))
"""


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="aisubs-bench-") as folder, database_server() as url:
        room = Path(folder)
        short, hour, three = (spoken(minutes, room) for minutes in (6, 60, 180))
        for model in ("base", "tiny.en"):
            walls, small = _wall(url, model, short, "6 min", PAIRS)
            yield from walls
            yield _command(model, short, room)
        walls, large = _wall(url, "tiny.en", hour, "1 h", 1)
        yield from walls
        yield (
            "tiny.en, peak memory, 1 h / 6 min",
            f"{large / small:.2f} ({large / MIB:.0f} / {small / MIB:.0f} MiB)",
            "<= 1.05",
            large <= 1.05 * small,
        )
        sides = [_ran(side, "tiny.en", three, url) for side in ("ours", "batched")]
        huge, theirs = (side["peak_bytes"] for side in sides)
        walls = [side["told"][0]["wall_s"] for side in sides]
        yield (
            "tiny.en, 3 h, the same",
            f"{walls[0] / walls[1]:.2f} ({walls[0]:.1f}, {walls[1]:.1f} s)",
            "<= 1.00",
            walls[0] <= walls[1],
        )
        yield (
            "tiny.en, peak memory at 3 h, ours / faster-whisper batched",
            f"{huge / theirs:.2f} ({huge / MIB:.0f} / {theirs / MIB:.0f} MiB)",
            "<= 0.33",
            huge * 3 <= theirs,
        )


def spoken(minutes: float, room: Path) -> Path:
    """A recording of that length, as 16 bit FLAC: readers in a row, again and again."""
    path = room / f"{minutes:g} min.flac"
    if path.exists():
        return path
    try:
        folder = recording("read/jfk.flac").parent
        clips = [read_audio(clip) for clip in sorted(folder.glob("libri_*.flac"))]
    except pytest.skip.Exception:
        clips = [read_audio(VIDEO)]
    once = np.concatenate(clips)
    total = round(minutes * 60 * SAMPLE_RATE_HZ)
    blocks = (once[: max(0, total - start)] for start in range(0, total, len(once)))
    return write_audio(blocks, path)


def _ran(side: str, model: str, path: Path, url: str, words: bool = True) -> dict[str, Any]:
    return in_process("speech_side", side=side, model=model, paths=[str(path)], url=url, words=words)


def _wall(url: str, model: str, path: Path, length: str, pairs: int) -> tuple[list[Row], int]:
    """Against the same work (times of words), and against upstream's default, which has none; our peak memory."""
    same, without, seconds, peaks = [], [], [], []
    for _ in range(pairs):
        ours, theirs = (_ran(side, model, path, url) for side in ("ours", "batched"))
        bare = _ran("batched", model, path, url, words=False)
        walls = [run["told"][0]["wall_s"] for run in (ours, theirs, bare)]
        same.append(walls[0] / walls[1])
        without.append(walls[0] / walls[2])
        seconds.append(walls)
        peaks.append(ours["peak_bytes"])
    told = ", ".join(f"{one:.1f}" for one in (median(column) for column in zip(*seconds, strict=True)))
    name = f"{model}, {length}, wall: ours / faster-whisper batched"
    rows = [
        (f"{name}, both with times of words", f"{median(same):.2f} ({told} s)", "<= 1.00", median(same) <= 1.0),
        (f"{name}, only ours with them", f"{median(without):.2f}", "<= 1.00", median(without) <= 1.0),
    ]
    return rows, max(peaks)


def _command(model: str, path: Path, room: Path) -> Row:
    """Both as a command, with everything: start, imports, the model, the database, the files."""
    from aisubs.settings import Settings
    from aisubs.weights.sources import find_model

    weights = str(find_model(model, Settings()).open())
    ratios, seconds = [], []
    for pair in range(PAIRS):
        home = room / f"{model} {pair}"
        home.mkdir()
        ours = [sys.executable, "-m", "aisubs", "transcribe", str(path), "--output-dir", str(home), "--data-dir",
                str(room / "data"), "--model", model, "--quiet"]  # fmt: skip
        walls = []
        for command in ([*ours], [sys.executable, "-c", _SCRIPT, weights, str(path)]):
            began_s = time.monotonic()
            subprocess.run(
                command,
                check=True,
                cwd=room,
                capture_output=True,
                env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(room), "OPENBLAS_NUM_THREADS": "1"},
            )
            walls.append(time.monotonic() - began_s)
        ratios.append(walls[0] / walls[1])
        seconds.append(walls)
        subprocess.run(["rm", "-rf", str(room / "data")], check=True)
    told = " / ".join(f"{median(column):.1f}" for column in zip(*seconds, strict=True))
    name = f"{model}, 6 min, the whole command: aisubs transcribe / a script of faster-whisper"
    return (name, f"{median(ratios):.2f} ({told} s)", "<= 1.10", median(ratios) <= 1.1)
