"""The runner port over processes of this machine.

A worker outlives us when we are killed: it goes on by itself, and after our restart `find` and `state` know it still.
What it does not do: kill a worker that ignores SIGTERM, except in `close`.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock, Thread

from aisubs.adapters.runner.subprocess.last_words import last_words
from aisubs.adapters.runner.subprocess.process import name_process, state_of, terminate
from aisubs.adapters.runner.subprocess.registry import Execution, Registry, new_execution
from aisubs.model.errors import error
from aisubs.ports import ExecutionState, LastWords

log = logging.getLogger(__name__)

OnExit = Callable[[str, str, int], None]
"""Called with job id, execution name and return code (negative: killed by that signal) when a worker has ended."""

LOG_CHECK_S = 30.0

_NO_ROOM = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)


class SubprocessRunner:
    """Starts `command` with JOB_ID and DISPATCH_ID added to the environment.

    `folder` takes notes and logs. `environment` is added too (settings that did not come from our own environment).
    At most `capacity` workers run at once. `on_exit` is called from a thread of its own, for workers that we started
    and whose end we see.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        capacity: int | None = None,
        on_exit: OnExit | None = None,
    ) -> None:
        self._command = list(command)
        self._environment = dict(environment or {})
        self._capacity = capacity
        self._on_exit = on_exit
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._children_lock = Lock()
        self._registry = Registry(folder)

    def start(self, job_id: str, dispatch_id: str) -> str:
        """As aisubs.ports.Runner.start. The same dispatch again returns the worker that it has."""
        with self._registry.locked():
            known = self._registry.find(dispatch_id)
            if known is not None:
                return known.name
            everything = self._registry.all()
            running = [execution for execution in everything if self._state(execution) is ExecutionState.RUNNING]
            if self._capacity is not None and len(running) >= self._capacity:
                raise error("no_capacity", f"{len(running)} workers run already")
            self._registry.prune([execution for execution in everything if execution not in running])
            process = self._spawn(job_id, dispatch_id)
            name = name_process(process.pid)
            if name is None:
                raise error("runner_unavailable", f"process {process.pid} vanished as it started")
            execution = new_execution(dispatch_id, job_id, name)
            self._registry.save(execution)
        with self._children_lock:
            self._children[name] = process
        Thread(target=self._wait, args=(execution, process), name=f"worker-{process.pid}", daemon=True).start()
        return name

    def find(self, dispatch_id: str) -> str | None:
        """As aisubs.ports.Runner.find. A worker may ask for its own name with this."""
        with self._registry.locked():
            execution = self._registry.find(dispatch_id)
        return execution.name if execution else None

    def state(self, execution_name: str) -> ExecutionState:
        """As aisubs.ports.Runner.state. UNKNOWN is a worker of another machine."""
        state = state_of(execution_name)
        if state is ExecutionState.UNKNOWN and any(item.name == execution_name for item in self._registry.all()):
            return ExecutionState.GONE  # ours, from before the machine was started again
        return state

    def last_words(self, execution_name: str) -> LastWords:
        """As aisubs.ports.Runner.last_words, from the end of its log."""
        for execution in self._registry.all():
            if execution.name == execution_name:
                return last_words(self._registry.log(execution.dispatch_id))
        return LastWords()

    def cancel(self, execution_name: str) -> None:
        """As aisubs.ports.Runner.cancel."""
        terminate(execution_name)

    def ping(self) -> str:
        """Raises `runner_unavailable` when the command is not there."""
        if shutil.which(self._command[0]) is None:
            raise error("runner_unavailable", f"{self._command[0]} cannot be run")
        running = sum(self._state(execution) is ExecutionState.RUNNING for execution in self._registry.all())
        return f"processes of this machine, {running} running"

    def close(self, grace_s: float = 10.0) -> None:
        """Ask our own workers to stop, which hands their jobs back, and kill those that take longer than `grace_s`."""
        with self._children_lock:
            children = dict(self._children)
        for name in children:
            self.cancel(name)
        deadline = time.monotonic() + grace_s
        for name, process in children.items():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("worker.killed", extra={"execution": name})
                process.kill()
                process.wait()

    def _state(self, execution: Execution) -> ExecutionState:
        return ExecutionState.GONE if execution.returncode is not None else state_of(execution.name)

    def _spawn(self, job_id: str, dispatch_id: str) -> subprocess.Popen[bytes]:
        inherited = os.environ  # noqa: TID251  handed on to the worker, not read
        environment = {**inherited, **self._environment, "JOB_ID": job_id, "DISPATCH_ID": dispatch_id}
        try:
            with self._registry.log(dispatch_id).open("ab") as output:
                # A session of its own: Ctrl-C in our terminal is for us, and we decide what the workers do.
                return subprocess.Popen(
                    self._command,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        except OSError as fault:
            code = "no_capacity" if fault.errno in _NO_ROOM else "runner_unavailable"
            raise error(code, f"{self._command[0]}: {fault}") from fault

    def _wait(self, execution: Execution, process: subprocess.Popen[bytes]) -> None:
        while True:
            with suppress(subprocess.TimeoutExpired):
                returncode = process.wait(LOG_CHECK_S)
                break
            self._registry.trim_log(execution.dispatch_id)
        self._registry.trim_log(execution.dispatch_id)
        self._registry.save(replace(execution, returncode=returncode))
        with self._children_lock:
            self._children.pop(execution.name, None)
        log.info("worker.ended", extra={"execution": execution.name, "returncode": returncode})
        if self._on_exit is not None:
            try:
                self._on_exit(execution.job_id, execution.name, returncode)
            except Exception:  # the sweep finds the dead worker as well
                log.exception("worker.on_exit_failed", extra={"execution": execution.name})
