"""Everything that can go wrong, by name. Each is done once, at a moment drawn by lot, while a round runs."""

from __future__ import annotations

import os
import random
import resource
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from tests.chaos.http_link import KINDS
from tests.chaos.stage import STALE_AFTER_S, Stage

Fault = Callable[[Stage, random.Random], None]

_FULL_FOR_S = 3.0
_LEAST_FREE_BYTES = 4096


def kill_worker(stage: Stage, dice: random.Random) -> None:
    for worker in stage.workers()[: dice.choice((1, 1, 9))]:
        with suppress(psutil.NoSuchProcess):
            worker.kill()


def freeze_worker(stage: Stage, dice: random.Random) -> None:
    """It sleeps through its lease, and wakes when another one may have taken over."""
    workers = stage.workers()
    for worker in workers[:1]:
        with suppress(psutil.NoSuchProcess):
            worker.suspend()
            time.sleep(STALE_AFTER_S + dice.uniform(0, 4))
            worker.resume()


def starve_worker(stage: Stage, dice: random.Random) -> None:
    """No more memory from now on."""
    for worker in stage.workers()[:1]:
        with suppress(psutil.NoSuchProcess, OSError):
            most = worker.memory_info().vms + dice.randrange(1 << 20, 16 << 20)
            resource.prlimit(worker.pid, resource.RLIMIT_AS, (most, most))


def kill_edition(stage: Stage, dice: random.Random) -> None:
    """API, supervisor, queue and sweep; the workers live on."""
    stage.kill_edition()
    time.sleep(dice.uniform(0, 1))
    stage.start()


def stop_edition(stage: Stage, dice: random.Random) -> None:
    """Ctrl-C, and on again."""
    stage.up.stop()
    time.sleep(dice.uniform(0, 1))
    stage.start()


def kill_database(stage: Stage, dice: random.Random) -> None:
    if stage.postgres.pid is not None:
        with suppress(ProcessLookupError):
            os.kill(stage.postgres.pid, signal.SIGKILL)


def power_cut(stage: Stage, dice: random.Random) -> None:
    """All at once, none with a chance to say goodbye."""
    workers = stage.workers()
    kill_database(stage, dice)
    stage.up.kill_everything()
    for worker in workers:
        with suppress(psutil.NoSuchProcess):
            worker.kill()
    stage.start()


def cut_database(stage: Stage, dice: random.Random) -> None:
    for _ in range(dice.choice((1, 3))):
        stage.database.cut()
        time.sleep(dice.uniform(0, 0.5))


def lose_database_answers(stage: Stage, dice: random.Random) -> None:
    """It was committed, and nobody heard of it."""
    stage.database.lose_answers(dice.randrange(1, 8))


def slow_database(stage: Stage, dice: random.Random) -> None:
    stage.database.slow(dice.uniform(0.01, 0.2), dice.uniform(1, 4))


def half_open_database(stage: Stage, dice: random.Random) -> None:
    stage.database.stall(dice.uniform(1, 8))


def disturb_requests(stage: Stage, dice: random.Random) -> None:
    """Of the next requests, each in another way: lost after they were obeyed, lost before, late, refused, twice."""
    stage.http.arm([dice.choice(("", *KINDS)) for _ in range(dice.randrange(3, 12))])


def fill_disk(stage: Stage, dice: random.Random) -> None:
    """The last byte of the disk that the edition's files lie on; a while later somebody makes room."""
    filler = Path(stage.home, f"filler-{dice.randrange(1 << 30)}")
    try:
        with filler.open("wb") as file:
            free = os.statvfs(stage.home)
            with suppress(OSError):
                os.posix_fallocate(file.fileno(), 0, max(_LEAST_FREE_BYTES, free.f_bavail * free.f_frsize))
            time.sleep(_FULL_FOR_S)
    finally:
        filler.unlink(missing_ok=True)


FAULTS: dict[str, Fault] = {
    "worker killed": kill_worker,
    "worker frozen past its lease": freeze_worker,
    "worker out of memory": starve_worker,
    "edition killed": kill_edition,
    "edition stopped": stop_edition,
    "database killed": kill_database,
    "power cut": power_cut,
    "database connections cut": cut_database,
    "database answers lost": lose_database_answers,
    "database slow": slow_database,
    "database half open": half_open_database,
    "requests disturbed": disturb_requests,
    "disk full": fill_disk,
}


def possible(stage: Stage) -> tuple[dict[str, Fault], dict[str, str]]:
    """What can be done here; and what cannot, with the reason."""
    cannot = {} if stage.own_disk else {"disk full": "needs root, to mount a small disk"}
    return {name: fault for name, fault in FAULTS.items() if name not in cannot}, cannot
