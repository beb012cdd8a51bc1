"""The ports around a worker: what wakes the dispatcher, and what starts executions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Queue(Protocol):
    """Wakes the dispatcher. A wake-up means "something may be startable", nothing more."""

    def wake(self, name: str, delay_s: float = 0.0) -> None:
        """Ask for one run of `dispatch` in `delay_s` seconds. The same `name` again may be ignored for an hour."""
        ...

    def ping(self) -> str: ...


class ExecutionState(StrEnum):
    """What a runner knows about a worker it started."""

    WAITING = "waiting"  # accepted, and no machine has been found for it yet
    RUNNING = "running"  # or about to
    UNSTARTED = "unstarted"  # ended without having started, for want of a machine: no fault of the job
    GONE = "gone"  # ended, whatever the outcome
    UNKNOWN = "unknown"

    @property
    def over(self) -> bool:
        """Nothing can come of it any more."""
        return self in (ExecutionState.UNSTARTED, ExecutionState.GONE)


@dataclass(frozen=True, slots=True)
class LastWords:
    """What a worker that has ended says of it. `sentence` is for people and holds no secret; `lasting` means that
    another worker would end the same way until somebody changes something."""

    sentence: str | None = None
    lasting: bool = False


class Runner(Protocol):
    """Starts worker executions (aisubs/worker.py) and knows whether they still live."""

    def start(self, job_id: str, dispatch_id: str) -> str:
        """Start one worker and return its execution name at once. Called once per dispatch, never retried.

        Raises `no_capacity` when the machine or quota is used up, `runner_unavailable` when the answer was lost:
        then the execution may exist, and `find` tells.
        """
        ...

    def find(self, dispatch_id: str) -> str | None:
        """The execution that was started for this dispatch, if there is one."""
        ...

    def state(self, execution_name: str) -> ExecutionState: ...

    def last_words(self, execution_name: str) -> LastWords:
        """Of an execution that is gone; empty where the runner does not hear what workers say."""
        ...

    def cancel(self, execution_name: str) -> None:
        """Ask the execution to stop (SIGTERM); one that is over is fine."""
        ...

    def ping(self) -> str: ...
