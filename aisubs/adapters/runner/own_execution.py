"""What a worker in Cloud Run knows of executions: its own name, which Cloud Run gives it.

So a worker needs neither the client library nor the right to look at executions.
What it does not do: start, find or stop any other execution.
"""

from __future__ import annotations

from aisubs.model.errors import error
from aisubs.ports import ExecutionState, LastWords


class OwnExecution:
    """`name` is the short name, `J-abcde`; the plug of the dispatcher completes it."""

    def __init__(self, name: str, dispatch_id: str | None) -> None:
        self._name = name
        self._dispatch_id = dispatch_id

    def start(self, job_id: str, dispatch_id: str) -> str:
        """Raises `runner_unavailable`: a worker starts no workers."""
        raise error("runner_unavailable", f"a worker cannot start one for {job_id} ({dispatch_id})")

    def find(self, dispatch_id: str) -> str | None:
        return self._name if dispatch_id == self._dispatch_id else None

    def state(self, execution_name: str) -> ExecutionState:
        return ExecutionState.RUNNING if execution_name == self._name else ExecutionState.UNKNOWN

    def last_words(self, execution_name: str) -> LastWords:  # noqa: ARG002
        return LastWords()

    def cancel(self, execution_name: str) -> None:
        """Raises `runner_unavailable`."""
        raise error("runner_unavailable", f"a worker cannot stop {execution_name}")

    def ping(self) -> str:
        return f"Cloud Run execution {self._name}"
