"""`make chaos`: rounds under fire, from a seed that repeats them, and a report.

python -m tests.chaos --rounds 200 --seed 1
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.faults import possible
from tests.chaos.rounds import Report, play, undisturbed
from tests.chaos.stage import stage
from tests.real_models import real_model
from tests.speech import long_recording, write_audio

TOY_S, REAL_S = (20.0, 75.0, 150.0), (45.0,)
"""Lengths of the recordings (s)."""
REAL_SHARE = 10
"""One of so many rounds has real weights (tiny.en)."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="begin with this round of the seed")
    given = parser.parse_args()
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # links that break are what this is about
    real = 0 if given.first else given.rounds // REAL_SHARE
    report, started_s = Report(), time.monotonic()
    _run(report, given.seed, range(given.first, given.first + given.rounds - real), TOY_S, "")
    if real:
        _run(report, given.seed + 1_000_000, range(real), REAL_S, str(real_model("tiny.en")))
    _tell(report, given.seed, real, time.monotonic() - started_s)
    return 0 if report.holds else 1


def _run(report: Report, seed: int, rounds: range, lengths_s: tuple[float, ...], model: str) -> None:
    with tempfile.TemporaryDirectory(prefix="aisubs-chaos-") as folder, stage(Path(folder), model=model) as one:
        for name, reason in possible(one)[1].items():
            print(f"not tried: {name}: {reason}", flush=True)
        files = [
            write_audio(long_recording(length_s, seed=40 + at).blocks(), Path(folder, f"{at}.m4a"))
            for at, length_s in enumerate(lengths_s)
        ]
        recordings = [undisturbed(one, file.read_bytes()) for file in files]
        for number in rounds:
            bad = (len(report.lost), len(report.twice), len(report.stuck))
            play(one, recordings, random.Random(seed * 10_000 + number), report, f"round {seed}:{number}")
            told = [*report.lost[bad[0] :], *report.twice[bad[1] :], *report.stuck[bad[2] :]]
            print(f"{report.rounds} {model and 'real '}{told or 'ok'}", flush=True)


def _tell(report: Report, seed: int, real: int, wall_s: float) -> None:
    print(f"\nseed {seed}, {report.rounds} rounds ({real} with real weights), {wall_s:.0f} s")
    for name, times in sorted(report.faults.items()):
        print(f"  {times:4}  {name}")
    print(f"jobs with the bytes of an undisturbed run  {report.equal} of {report.jobs}")
    print(f"lost {len(report.lost)}, twice {len(report.twice)}, stuck {len(report.stuck)}")
    print(f"the slowest was over {report.slowest_s:.0f} s after the last fault of its round")
    for line in (*report.lost, *report.twice, *report.stuck):
        print(f"  {line}")


if __name__ == "__main__":
    sys.exit(main())
