"""A thousand clips through `aisubs transcribe FOLDER`, killed three times with -9: none lost, none twice.

What stands in each text is not looked at here (the toy transcribes); that each clip has its own is.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import psutil

from tests.speech import SAMPLE_RATE_HZ, long_recording, write_audio

Row = tuple[str, str, str, bool]
CLIPS, KILLS, SEED = 1_000, 3, 12
_CLIP_S = 2.0


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="aisubs-bench-") as folder:
        home = Path(folder)
        _make(home / "clips")
        dice, began_s = random.Random(SEED), time.monotonic()
        for number in range(KILLS):
            _kill(_start(home), home, (number + 1) * CLIPS // (KILLS + 1) + dice.randrange(-50, 50))
        code = _start(home).wait()
        wall_s = time.monotonic() - began_s
        texts = [path for path in (home / "clips").rglob("*.txt") if path.stat().st_size > 0]
        # Two that are silent all through are one content, and so one job.
        contents = {sha256(path.read_bytes()).digest() for path in (home / "clips").rglob("*.wav")}
        jobs = _jobs(home)
    done = code == 0 and len(texts) == CLIPS
    return [
        (f"clips with their text, after {KILLS} kills", f"{len(texts)} of {CLIPS}", "all", done),
        ("jobs in the database, one for each content", str(jobs), str(len(contents)), jobs == len(contents)),
        ("clips a second, kills and starts counted", f"{CLIPS / wall_s:.1f}", "told only", True),
    ]


def _make(folder: Path) -> None:
    samples = long_recording(CLIPS * _CLIP_S, seed=SEED).samples()
    length = int(_CLIP_S * SAMPLE_RATE_HZ)
    for number in range(CLIPS):
        below = folder / f"{number // 100}"
        below.mkdir(parents=True, exist_ok=True)
        write_audio(samples[number * length : (number + 1) * length].copy(), below / f"{number:04}.wav")


def _start(home: Path) -> subprocess.Popen[bytes]:
    words = ["transcribe", str(home / "clips"), "--format", "txt", "--quiet", "--data-dir", str(home / "data")]
    with (home / "said.txt").open("ab") as said:
        return subprocess.Popen([sys.executable, "-m", "aisubs", *words], stdout=said, stderr=said)


def _kill(process: subprocess.Popen[bytes], home: Path, texts: int) -> None:
    """All of it, once so many texts are there."""
    while process.poll() is None and sum(1 for _ in (home / "clips").rglob("*.txt")) < texts:
        time.sleep(0.2)
    if process.poll() is None:
        edition = psutil.Process(process.pid)
        for member in (edition, *edition.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                member.kill()
    process.wait()


def _jobs(home: Path) -> int:
    words = ["jobs", "--json", "--limit", "5000", "--data-dir", str(home / "data")]
    told = subprocess.run([sys.executable, "-m", "aisubs", *words], capture_output=True, check=True)
    return len(json.loads(told.stdout))
