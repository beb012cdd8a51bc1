"""Two runners of which the second takes what the first has no machine for: both are asked about an execution.

What it does not do: choose between them. `start` is the first's; who wants the second starts with the second.
"""

from __future__ import annotations

from aisubs.ports import ExecutionState, LastWords, Runner


class JoinedRunner:
    """The second is asked about what the first does not know, or knows only as long over."""

    def __init__(self, first: Runner, second: Runner) -> None:
        self._first = first
        self._second = second

    def start(self, job_id: str, dispatch_id: str) -> str:
        return self._first.start(job_id, dispatch_id)

    def find(self, dispatch_id: str) -> str | None:
        return self._first.find(dispatch_id) or self._second.find(dispatch_id)

    def state(self, execution_name: str) -> ExecutionState:
        state = self._first.state(execution_name)
        if state not in (ExecutionState.UNKNOWN, ExecutionState.GONE):
            return state
        # A worker calls itself by its short name, which the first takes for one of its own that is forgotten.
        other = self._second.state(execution_name)
        return state if other is ExecutionState.UNKNOWN else other

    def last_words(self, execution_name: str) -> LastWords:
        said = self._first.last_words(execution_name)
        return said if said != LastWords() else self._second.last_words(execution_name)

    def cancel(self, execution_name: str) -> None:
        self._first.cancel(execution_name)
        self._second.cancel(execution_name)

    def ping(self) -> str:
        return f"{self._first.ping()}; when it is full: {self._second.ping()}"
