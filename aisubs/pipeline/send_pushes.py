"""Tell the devices that asked for it that a job is over."""

from __future__ import annotations

import json
import logging
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

from aisubs.model.errors import AisubsError
from aisubs.model.losses import Losses
from aisubs.pipeline.jobs import Jobs
from aisubs.pipeline.outbox import LEASE_S, send_due
from aisubs.ports import Delivery, Device, PushNotifier

log = logging.getLogger(__name__)

BATCH = 5

GRACE_S = 10.0
"""How long a worker that is done waits for its messages to go out. What does not is left to the sweep."""

_MAX_NAME_CHARS = 300


def send_pushes(*, jobs: Jobs, notifier: PushNotifier) -> int:
    """Send what is due, and record what became of each; returns how many arrived at a push service.

    Rounds may overlap. Raises `database_unavailable`.
    """

    def send(push: dict[str, Any]) -> Delivery:
        device = Device(push["endpoint"], push["p256dh"], push["auth"])
        return notifier.notify(device, _message(push), push["job_id"].replace("-", ""))

    def record(push: dict[str, Any], delivery: Delivery) -> None:
        jobs.record_push(push["subscription_id"], push["claim"], delivery.outcome, delivery.retry_in_s)

    return send_due(lambda: jobs.claim_pushes(BATCH, LEASE_S), send, record, "job_id", "push.crashed")


def _message(push: dict[str, Any]) -> bytes:
    """What the service worker of the page shows."""
    said = {name: push[name] for name in ("job_id", "status", "filename", "language")}
    said["filename"] = said["filename"][:_MAX_NAME_CHARS]
    if lost := Losses(**(push["losses"] or {})).brief():
        said["losses"] = lost
    return json.dumps(said, ensure_ascii=False).encode()


class PushSender:
    """Sends what is due in a thread of its own whenever it is woken, so that no job waits for a push service.

    A context: its end waits at most GRACE_S. Without a notifier it does nothing.
    """

    def __init__(self, jobs: Jobs, notifier: PushNotifier | None) -> None:
        self._jobs = jobs
        self._notifier = notifier
        self._stop = False
        self._woken = Event()
        self._thread: Thread | None = None

    def wake(self) -> None:
        """A job is over: somebody may want to know."""
        self._woken.set()

    def __enter__(self) -> Self:
        if self._notifier is not None:
            self._thread = Thread(target=self._run, args=(self._notifier,), name="pushes", daemon=True)
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._stop = True
        if self._thread is not None:
            self._woken.set()
            self._thread.join(GRACE_S)

    def _run(self, notifier: PushNotifier) -> None:
        last = False
        while not last:
            self._woken.wait()
            self._woken.clear()
            last = self._stop
            try:
                send_pushes(jobs=self._jobs, notifier=notifier)
            except AisubsError as fault:
                log.warning("push.not_sent", extra={"error_code": fault.code, "reason": fault.reason})
            except Exception:
                log.exception("push.crashed")
