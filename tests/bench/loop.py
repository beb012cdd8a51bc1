"""The loop around the engine against faster-whisper's order of work, with the same simulated accelerator.

3 h and 10 h of speech with pauses; figures of both come from this run. Wall time counts from the claim to the published
result, the database included.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.surroundings import database_server, in_process, recording, workshop

Row = tuple[str, str, str, bool]
MIB = 1024**2


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="aisubs-bench-") as folder, database_server() as url:
        room = Path(folder)
        ours = {speed: _ours(url, recording(3, room), speed) for speed in (100, 200)}
        theirs = {
            speed: in_process("loop_upstream", recording=str(recording(3, room)), speed=speed) for speed in (100, 200)
        }
        late = _ours(url, recording(10, room), 100, until_first=True)
        estimates = [_ours(url, recording(1, room), speed) for speed in (60, 100, 140)]
    return [
        *_wall(ours, theirs),
        *_memory(ours, theirs),
        _first("3 h", ours[100]["first_s"], theirs[100]["first_s"]),
        _first("10 h", late["first_s"], None),
        _checkpoints(ours[200]),
        *_estimates(estimates),
    ]


def _ours(url: str, path: Path, speed: float, until_first: bool = False) -> dict[str, Any]:
    with workshop(url) as shop:
        return in_process(
            "loop_worker", url=url, folder=str(shop.folder), recording=str(path), speed=speed, until_first=until_first
        )


def _upstream(path: Path, speed: float) -> dict[str, Any]:
    return in_process("loop_upstream", recording=str(path), speed=speed)


def _wall(ours: dict[int, dict[str, Any]], theirs: dict[int, dict[str, Any]]) -> list[Row]:
    made = []
    for speed, goal in ((100, 1.05), (200, 1.10)):
        ratio, upstream = (run[speed]["wall_s"] / run[speed]["busy_s"] for run in (ours, theirs))
        name = f"wall / inference alone, 3 h, accelerator at {speed}x"
        made.append((name, f"{ratio:.3f} (upstream {upstream:.2f})", f"<= {goal:.2f}", ratio <= goal))
    return made


def _memory(ours: dict[int, dict[str, Any]], theirs: dict[int, dict[str, Any]]) -> list[Row]:
    mine, upstream = ours[100]["peak_bytes"], theirs[100]["peak_bytes"]
    return [
        ("peak memory, 3 h, batch 16", f"{mine / MIB:.0f} MiB", "<= 512 MiB", mine <= 512 * MIB),
        (
            "faster-whisper's batched path / that",
            f"{upstream / mine:.1f} ({upstream / MIB:.0f} MiB)",
            ">= 6",
            upstream >= 6 * mine,
        ),
    ]


def _first(length: str, mine_s: float, upstream_s: float | None) -> Row:
    beside = f" (upstream {upstream_s:.1f})" if upstream_s else ""
    return f"time to the first saved segment, {length}, 100x", f"{mine_s:.2f} s{beside}", "<= 2.5 s", mine_s <= 2.5


def _checkpoints(run: dict[str, Any]) -> Row:
    share = run["saving_s"] / run["wall_s"]
    told = f"{share:.2%} ({len(run['saves'])} saves)"
    return "time spent on checkpoints, beside the engine, 3 h at 200x", told, "<= 1 % of wall", share <= 0.01


def _estimates(runs: list[dict[str, Any]]) -> list[Row]:
    """At the save nearest to each share of the recording: |promised - true| / true rest of the wall time."""
    made = []
    for share, goal in ((0.1, 0.20), (0.5, 0.10), (0.9, 0.05)):
        errors = []
        for run in runs:
            duration_ms = run["saves"][-1][0]
            _, promised_ms, rest_s = min(run["saves"][:-1], key=lambda save: abs(save[0] - share * duration_ms))
            errors.append(abs(promised_ms / 1000 - rest_s) / rest_s)
        name = f"error of the remaining time at {share:.0%} of 1 h, median of {len(runs)}"
        made.append((name, f"{median(errors):.1%}", f"<= {goal:.0%}", median(errors) <= goal))
    falls = any(a[0] > b[0] for run in runs for a, b in zip(run["saves"], run["saves"][1:], strict=False))
    return [*made, ("progress falls", "yes" if falls else "never", "never", not falls)]
