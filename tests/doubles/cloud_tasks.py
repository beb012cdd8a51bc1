"""A loopback Cloud Tasks: the gRPC API with real messages, and real HTTP requests to the targets.

Reference: google/cloud/tasks/v2/{cloudtasks,queue,task}.proto and
https://docs.cloud.google.com/tasks/docs/creating-http-target-tasks. A name is remembered after its task is done (a
tombstone); tasks wait for their schedule; anything but 2xx is tried again with doubling backoff; 429 and 503 hold the
whole queue back, for as long as `Retry-After` says; a paused queue takes tasks and delivers none.
What it does not do: the overflow of the rate limits, App Engine targets, retention of 31 days.
"""

from __future__ import annotations

import http.client
import threading
import time
from concurrent import futures
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import uuid4

import grpc
from google.cloud import tasks_v2
from google.protobuf import empty_pb2

from tests.doubles.google_identity import GoogleIdentity
from tests.doubles.rpc_faults import RpcFaults

State = tasks_v2.Queue.State


@dataclass
class Waiting:
    """A task and when it is next due, by the monotonic clock."""

    task: tasks_v2.Task
    due: float
    failures: int = 0
    running: bool = False


@dataclass(frozen=True)
class Delivery:
    """One request that was made: `status` is None when the target did not answer."""

    task: str
    status: int | None


class CloudTasks:
    """The API at `endpoint` with one queue, `queue`, while the context lasts. `deliveries` tells what was sent.

    `times` is how often each delivery happens: "more than 99.999 % of tasks are executed only once" leaves the others.
    """

    def __init__(
        self,
        identity: GoogleIdentity,
        queue: str = "projects/aisubs-test/locations/europe-west1/queues/dispatch",
        *,
        min_backoff_s: float = 0.05,
        max_backoff_s: float = 2.0,
        max_concurrent: int = 8,
    ) -> None:
        self.queue = queue
        self.faults = RpcFaults()
        self.deliveries: list[Delivery] = []
        self.times = 1
        self._identity = identity
        self._min_backoff_s = min_backoff_s
        self._max_backoff_s = max_backoff_s
        self._state = State.RUNNING
        self._waiting: dict[str, Waiting] = {}
        self._tombstones: set[str] = set()
        self._held_until = 0.0
        self._changed = threading.Condition()
        self._closed = False
        self._senders = futures.ThreadPoolExecutor(max_concurrent)
        self._thread = threading.Thread(target=self._run, name="cloud tasks")
        self._server = grpc.server(futures.ThreadPoolExecutor(8))
        self._server.add_generic_rpc_handlers((self._handlers(),))
        self.endpoint = f"http://127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def __enter__(self) -> Self:
        self._server.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()
        self._senders.shutdown()
        self._server.stop(0).wait()

    def pause(self, paused: bool = True) -> None:
        """As `gcloud tasks queues pause` and `resume`."""
        with self._changed:
            self._state = State.PAUSED if paused else State.RUNNING
            self._changed.notify_all()

    def waiting(self) -> int:
        with self._changed:
            return len(self._waiting)

    # ── the API ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _handlers(self) -> grpc.GenericRpcHandler:
        unary = self.faults.handler
        methods = {
            "CreateTask": unary("CreateTask", self._create, tasks_v2.CreateTaskRequest, tasks_v2.Task),
            "GetQueue": unary("GetQueue", self._get_queue, tasks_v2.GetQueueRequest, tasks_v2.Queue),
            "PurgeQueue": unary("PurgeQueue", self._purge, tasks_v2.PurgeQueueRequest, tasks_v2.Queue),
            "DeleteTask": unary("DeleteTask", self._delete, tasks_v2.DeleteTaskRequest, empty_pb2.Empty),
        }
        return grpc.method_handlers_generic_handler("google.cloud.tasks.v2.CloudTasks", methods)

    def _create(self, request: tasks_v2.CreateTaskRequest, context: grpc.ServicerContext) -> tasks_v2.Task:
        if request.parent != self.queue:
            context.abort(grpc.StatusCode.NOT_FOUND, "Requested entity was not found.")
        task = request.task
        task.name = task.name or f"{self.queue}/tasks/{uuid4().hex}"
        if not task.name.startswith(f"{self.queue}/tasks/") or not task.http_request.url:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "The task has no target or belongs to another queue.")
        wall_s = task.schedule_time.timestamp() if task.schedule_time else time.time()
        with self._changed:
            if task.name in self._waiting or task.name in self._tombstones:
                context.abort(grpc.StatusCode.ALREADY_EXISTS, "The task cannot be created: it existed too recently.")
            self._waiting[task.name] = Waiting(task, time.monotonic() + max(0.0, wall_s - time.time()))
            self._changed.notify_all()
        return task

    def _get_queue(self, request: tasks_v2.GetQueueRequest, context: grpc.ServicerContext) -> tasks_v2.Queue:
        if request.name != self.queue:
            context.abort(grpc.StatusCode.NOT_FOUND, "Requested entity was not found.")
        return tasks_v2.Queue(name=self.queue, state=self._state)

    def _purge(self, _request: Any, _context: Any) -> tasks_v2.Queue:
        with self._changed:
            self._tombstones |= set(self._waiting)
            self._waiting.clear()
        return tasks_v2.Queue(name=self.queue, state=self._state)

    def _delete(self, request: tasks_v2.DeleteTaskRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        with self._changed:
            if self._waiting.pop(request.name, None) is None:
                context.abort(grpc.StatusCode.NOT_FOUND, "The task does not exist.")
            self._tombstones.add(request.name)
        return empty_pb2.Empty()

    # ── delivery ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                ready = [one for one in self._waiting.values() if not one.running]
                now = time.monotonic()
                due = min((max(one.due, self._held_until) for one in ready), default=now + 3600)
                if self._state != State.RUNNING or due > now:
                    self._changed.wait(None if self._state != State.RUNNING else due - now)
                    continue
                first = min(ready, key=lambda one: one.due)
                first.running = True
                self._senders.submit(self._deliver, first)

    def _deliver(self, waiting: Waiting) -> None:
        answers = [self._send(waiting) for _ in range(self.times)]
        with self._changed:
            waiting.running = False
            status, retry_after_s = answers[-1]
            name = waiting.task.name
            if status is not None and 200 <= status < 300:
                self._waiting.pop(name, None)
                self._tombstones.add(name)
            else:
                wait_s = min(self._min_backoff_s * 2**waiting.failures, self._max_backoff_s)
                waiting.failures += 1
                waiting.due = time.monotonic() + max(wait_s, retry_after_s)
                if status in (429, 503):
                    self._held_until = waiting.due
            self._changed.notify_all()

    def _send(self, waiting: Waiting) -> tuple[int | None, float]:
        request, name = waiting.task.http_request, waiting.task.name
        url = urlsplit(request.url)
        headers = dict(request.headers) | {
            "User-Agent": "Google-Cloud-Tasks",
            "X-CloudTasks-QueueName": self.queue.rpartition("/")[2],
            "X-CloudTasks-TaskName": name.rpartition("/")[2],
            "X-CloudTasks-TaskRetryCount": str(waiting.failures),
        }
        if request.oidc_token.service_account_email:
            token = request.oidc_token
            signed = self._identity.identity_token(token.service_account_email, token.audience or request.url)
            headers["Authorization"] = f"Bearer {signed}"
        timeout_s = waiting.task.dispatch_deadline.total_seconds() if waiting.task.dispatch_deadline else 600.0
        wire = http.client.HTTPConnection(url.netloc, timeout=timeout_s)
        try:
            wire.request(tasks_v2.HttpMethod(request.http_method).name, url.path or "/", request.body, headers)
            answer = wire.getresponse()
            answer.read()
            told = answer.status, float(answer.headers.get("Retry-After", 0))
        except (OSError, http.client.HTTPException):
            told = None, 0.0
        finally:
            wire.close()
        self.deliveries.append(Delivery(name, told[0]))
        return told
