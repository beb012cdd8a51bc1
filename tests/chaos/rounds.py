"""One round: a few recordings are on their way while faults happen. In the end each has exactly one job, which is
completed, with the bytes of an undisturbed run."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.chaos.client import Client, Refused, Stuck
from tests.chaos.faults import possible
from tests.chaos.stage import Stage

PATIENCE_S = 150.0
"""After the last fault. A job whose worker died is taken up again after STALE_AFTER_S at most; leases of uploads, of
dispatches and of orphans come on top."""


@dataclass(frozen=True, slots=True)
class Recording:
    data: bytes
    expected: dict[str, bytes]


@dataclass
class Report:
    """What came of all rounds so far."""

    rounds: int = 0
    jobs: int = 0
    equal: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    left: set[str] = field(default_factory=set)
    """Jobs that were stuck: they are not deleted, and may yet come to their end."""

    @property
    def holds(self) -> bool:
        return self.equal == self.jobs and not (self.lost or self.twice or self.stuck)


def undisturbed(stage: Stage, data: bytes) -> Recording:
    client = Client(stage.url, data, time.monotonic() + PATIENCE_S)
    client.deliver()
    job = client.wait()
    assert job["status"] == "completed", job
    expected = client.downloads()
    client.delete()
    return Recording(data, expected)


def play(stage: Stage, recordings: Sequence[Recording], dice: random.Random, report: Report, label: str) -> None:
    """One round, drawn from `dice`; what came of it goes into `report`."""
    names = dice.choices(list(possible(stage)[0]), k=dice.choice((1, 2, 2, 3)))
    moments = sorted(dice.uniform(0, 5) for _ in names)
    sent = dice.choices(recordings, k=dice.choice((1, 2, 3)))
    clients = [Client(stage.url, one.data, float("inf")) for one in sent]
    ends = [""] * len(sent)
    threads = [
        threading.Thread(target=_follow, args=(client, one, ends, at))
        for at, (client, one) in enumerate(zip(clients, sent, strict=True))
    ]
    started_s = time.monotonic()
    for thread in threads:
        thread.start()
    for name, moment in zip(names, moments, strict=True):
        time.sleep(max(0.0, started_s + moment - time.monotonic()))
        possible(stage)[0][name](stage, dice)
    quiet_s = time.monotonic()
    for client in clients:
        client.deadline_s = quiet_s + PATIENCE_S
    for thread in threads:
        thread.join()
    stage.http.disarm()
    report.rounds += 1
    report.jobs += len(sent)
    report.faults.update(names)
    report.slowest_s = max(report.slowest_s, time.monotonic() - quiet_s)
    _judge(stage, clients, ends, report, f"{label} ({', '.join(names)})")


def _follow(client: Client, one: Recording, ends: list[str], at: int) -> None:
    try:
        client.deliver()
        job = client.wait()
        if job["status"] != "completed":
            ends[at] = f"lost: {job['status']}, {job['error_code']}: {job['error_message']}"
        else:
            ends[at] = "equal" if client.downloads() == one.expected else "other bytes"
    except Stuck as fault:
        ends[at] = f"stuck: {fault}"
    except Refused as fault:
        ends[at] = f"lost: {fault}"


def _judge(stage: Stage, clients: Sequence[Client], ends: Sequence[str], report: Report, label: str) -> None:
    for client, end in zip(clients, ends, strict=True):
        report.equal += end == "equal"
        told = f"{label}: {client.job_id} {end}"
        if end.startswith("stuck"):
            report.stuck.append(told)
        elif end != "equal":
            report.lost.append(told)
    known = {client.job_id for client in clients} | report.left
    report.left.update(client.job_id for client, end in zip(clients, ends, strict=True) if end.startswith("stuck"))
    rows = stage.ask("select job_id::text, status from transcription_jobs where status <> 'deleted'")
    for job_id, status in rows:
        if job_id not in known:
            report.twice.append(f"{label}: {job_id} {status} is nobody's")
    for client, end in zip(clients, ends, strict=True):
        if client.job_id and not end.startswith("stuck"):
            client.deadline_s = time.monotonic() + PATIENCE_S
            client.delete()
