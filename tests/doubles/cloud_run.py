"""A loopback Cloud Run for one job: the gRPC API with real messages, and a real process for each execution.

Reference: google/cloud/run/v2/{job,execution,condition}.proto, https://docs.cloud.google.com/run/docs/container-contract.
RunJob starts the command with the template's variables, the overrides and what Cloud Run sets (CLOUD_RUN_JOB is the
short name). The task timeout sends SIGTERM and then SIGKILL, and so does CancelExecution; a quota answers
RESOURCE_EXHAUSTED.
What it does not do: several tasks, retries (`max_retries` is 0), more than one job a region.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from concurrent import futures
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import grpc
from google.cloud import run_v2
from google.longrunning import operations_pb2

from tests.doubles.rpc_faults import RpcFaults

_RESERVED = "CLOUD_RUN_"


class Execution:
    """One execution with its process; None while the container has not started (and never will, when it is `stuck`)."""

    def __init__(self, shown: run_v2.Execution) -> None:
        self.shown = shown
        self.process: subprocess.Popen[bytes] | None = None
        self.cancelled = False
        self.timed_out = False
        self.over = threading.Event()


class CloudRun:
    """The API at `endpoint` with one job, `job`, while the context lasts.

    `command` with `variables` is the container; its output goes to `log`. `quota` executions may run at once.
    `stuck` True: executions are accepted, but there is no machine for them. `start_late` finds one, also for an
    execution that was cancelled (a race that Cloud Run may lose); `end_unstarted` gives one up. `beside` is another
    region, which answers at the same endpoint for its own job.
    """

    def __init__(
        self,
        command: Sequence[str],
        variables: Mapping[str, str],
        log: Path,
        *,
        job: str = "projects/aisubs-test/locations/europe-west1/jobs/worker",
        task_timeout_s: float = 3600.0,
        kill_after_s: float = 10.0,
        quota: int = 3,
        beside: CloudRun | None = None,
    ) -> None:
        self.job = job
        self.beside = beside
        self.quota = quota
        self.task_timeout_s = task_timeout_s
        self.stuck = False
        self.faults = RpcFaults()
        self.executions: dict[str, Execution] = {}
        self._command = list(command)
        self._variables = dict(variables)
        self._log = log
        self._kill_after_s = kill_after_s
        self._mutex = threading.Lock()
        self._server = grpc.server(futures.ThreadPoolExecutor(8))
        self._server.add_generic_rpc_handlers(self._handlers())
        self.endpoint = f"http://127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(0).wait()
        for execution in self.executions.values():
            if execution.process is not None and execution.process.poll() is None:
                execution.process.send_signal(signal.SIGCONT)
                execution.process.kill()
            if execution.process is not None:
                execution.over.wait()

    def start_late(self, name: str) -> None:
        """A machine has been found for an execution that waits, or that was cancelled a moment ago."""
        execution = self.executions[name]
        self._start(execution, execution.shown.template.containers[0].env, self.task_timeout_s)

    def end_unstarted(self, name: str, reason: str = "") -> None:
        """Cloud Run gives an execution up without having started it; `reason` is one of Condition.CommonReason."""
        execution = self.executions[name]
        self._end(execution, None)
        if reason:
            execution.shown.conditions[0].reason = run_v2.Condition.CommonReason[reason]

    def running(self) -> list[Execution]:
        with self._mutex:
            return [one for one in self.executions.values() if not one.over.is_set()]

    # ── the API ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _handlers(self) -> tuple[grpc.GenericRpcHandler, ...]:
        unary, operation, there = self.faults.handler, operations_pb2.Operation, self._region_of
        jobs = {
            "RunJob": unary("RunJob", lambda q, c: there(q.name)._run_job(q, c), run_v2.RunJobRequest, operation),
            "GetJob": unary("GetJob", lambda q, c: there(q.name)._get_job(q, c), run_v2.GetJobRequest, run_v2.Job),
        }
        executions = {
            "GetExecution": unary(
                "GetExecution", lambda q, c: there(q.name)._get(q, c), run_v2.GetExecutionRequest, run_v2.Execution
            ),
            "ListExecutions": unary(
                "ListExecutions", lambda q, c: there(q.parent)._list(q, c), run_v2.ListExecutionsRequest,
                run_v2.ListExecutionsResponse,
            ),
            "CancelExecution": unary(
                "CancelExecution", lambda q, c: there(q.name)._cancel(q, c), run_v2.CancelExecutionRequest, operation
            ),
        }  # fmt: skip
        return (
            grpc.method_handlers_generic_handler("google.cloud.run.v2.Jobs", jobs),
            grpc.method_handlers_generic_handler("google.cloud.run.v2.Executions", executions),
        )

    def _region_of(self, name: str) -> CloudRun:
        """The region of a job or of one of its executions."""
        return self.beside if self.beside and f"{name}/".startswith(f"{self.beside.job}/") else self

    def _run_job(self, request: run_v2.RunJobRequest, context: grpc.ServicerContext) -> operations_pb2.Operation:
        self._check_job(request.name, context)
        overrides = [item for one in request.overrides.container_overrides for item in one.env]
        if any(item.name.startswith(_RESERVED) for item in overrides):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"{_RESERVED}* is reserved.")
        if len(self.running()) >= self.quota:
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "Quota exceeded for total allowable GPUs per region.")
        name = f"{self.job}/executions/worker-{uuid4().hex[:5]}{len(self.executions)}"
        container = run_v2.Container(env=overrides)
        shown = run_v2.Execution(
            name=name,
            job=self.job,
            create_time=datetime.now(UTC),
            task_count=1,
            parallelism=1,
            template=run_v2.TaskTemplate(containers=[container], max_retries=0),
        )
        execution = Execution(shown)
        with self._mutex:
            self.executions[name] = execution
        if not self.stuck:
            timeout = request.overrides.timeout
            self._start(execution, overrides, timeout.total_seconds() if timeout else self.task_timeout_s)
        return _operation(shown)

    def _get_job(self, request: run_v2.GetJobRequest, context: grpc.ServicerContext) -> run_v2.Job:
        self._check_job(request.name, context)
        return run_v2.Job(name=self.job)

    def _get(self, request: run_v2.GetExecutionRequest, context: grpc.ServicerContext) -> run_v2.Execution:
        return self._find(request.name, context).shown

    def _list(self, request: run_v2.ListExecutionsRequest, _: Any) -> run_v2.ListExecutionsResponse:
        with self._mutex:
            newest = [one.shown for one in reversed(self.executions.values())]
        start, size = int(request.page_token or 0), request.page_size or 2
        more = str(start + size) if start + size < len(newest) else ""
        return run_v2.ListExecutionsResponse(executions=newest[start : start + size], next_page_token=more)

    def _cancel(
        self, request: run_v2.CancelExecutionRequest, context: grpc.ServicerContext
    ) -> operations_pb2.Operation:
        execution = self._find(request.name, context)
        if execution.over.is_set():
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "The execution is already over.")
        execution.cancelled = True
        if execution.process is None:
            self._end(execution, None)
        else:
            self._stop(execution)
        return _operation(execution.shown)

    def _check_job(self, name: str, context: grpc.ServicerContext) -> None:
        if name != self.job:
            context.abort(grpc.StatusCode.NOT_FOUND, f"Resource '{name}' was not found.")

    def _find(self, name: str, context: grpc.ServicerContext) -> Execution:
        with self._mutex:
            if name in self.executions:
                return self.executions[name]
        context.abort(grpc.StatusCode.NOT_FOUND, f"Resource '{name}' was not found.")
        raise AssertionError("abort raises")

    # ── processes ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _start(self, execution: Execution, overrides: Sequence[run_v2.EnvVar], timeout_s: float) -> None:
        variables = {
            "PATH": os.environ["PATH"],
            **self._variables,
            **{item.name: item.value for item in overrides},
            "CLOUD_RUN_JOB": self.job.rpartition("/")[2],
            "CLOUD_RUN_EXECUTION": execution.shown.name.rpartition("/")[2],
            "CLOUD_RUN_TASK_INDEX": "0",
            "CLOUD_RUN_TASK_ATTEMPT": "0",
            "CLOUD_RUN_TASK_COUNT": "1",
        }
        with self._log.open("ab") as output:
            execution.process = subprocess.Popen(
                self._command, env=variables, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
            )
        execution.shown.start_time = datetime.now(UTC)
        execution.shown.running_count = 1
        threading.Thread(target=self._watch, args=(execution, timeout_s), daemon=True).start()

    def _watch(self, execution: Execution, timeout_s: float) -> None:
        process = execution.process
        assert process is not None
        try:
            process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.time_out(execution)
            process.wait()
        self._end(execution, process.returncode)

    def time_out(self, execution: Execution) -> None:
        """As if the task timeout had passed: tests cannot wait for an hour."""
        execution.timed_out = True
        self._stop(execution)

    def _stop(self, execution: Execution) -> None:
        process = execution.process
        assert process is not None
        process.terminate()
        killer = threading.Timer(self._kill_after_s, process.kill)
        killer.daemon = True
        killer.start()

    def _end(self, execution: Execution, returncode: int | None) -> None:
        shown, reason = execution.shown, run_v2.Condition.ExecutionReason
        shown.running_count, shown.completion_time = 0, datetime.now(UTC)
        condition = run_v2.Condition(type_="Completed", state=run_v2.Condition.State.CONDITION_FAILED)
        if execution.cancelled:
            shown.cancelled_count, condition.execution_reason = 1, reason.CANCELLED
        elif returncode == 0 and not execution.timed_out:
            shown.succeeded_count, condition.state = 1, run_v2.Condition.State.CONDITION_SUCCEEDED
        else:
            shown.failed_count = 1
            if execution.process is not None:
                condition.execution_reason = reason.NON_ZERO_EXIT_CODE
        shown.conditions = [condition]
        execution.over.set()


def _operation(execution: run_v2.Execution) -> operations_pb2.Operation:
    """Its metadata is the execution: what a caller who does not wait can know."""
    operation = operations_pb2.Operation(name=f"{execution.name}/operations/{uuid4()}")
    operation.metadata.Pack(run_v2.Execution.pb(execution))
    return operation
