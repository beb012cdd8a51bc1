"""How the whole is doing: the line, the things we lean on, and the sweep for whoever may ask for it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from fastapi import APIRouter, HTTPException, Request, Response

from aisubs import __version__
from aisubs.duties import sweep_app
from aisubs.http.access import Served
from aisubs.http.bodies import Check, Health, QueueState
from aisubs.model.errors import AisubsError

log = logging.getLogger(__name__)

router = APIRouter(prefix="/api", tags=["health"])


@router.get("/queue", summary="How long the line is")
def queue(app: Served) -> QueueState:
    state = app.jobs.queue_state(app.settings.concurrency, app.queue_capacity)
    return QueueState(position=int(state["pending"]) + 1, **state)


@router.get("/health", summary="Whether everything we lean on answers", responses={503: {"model": Health}})
def health(response: Response, app: Served) -> Health:
    """503 when something does not. Says which, never why: reasons go to the log."""
    pings: dict[str, Callable[[], str]] = {
        "database": app.database.ping,
        "store": app.store.ping,
        "queue": app.queue.ping,
        "runner": app.runner.ping,
    }
    checks = {name: _check(name, ping) for name, ping in pings.items()}
    fine = all(check.ok for check in checks.values())
    if not fine:
        response.status_code = 503
    return Health(status="ok" if fine else "failing", version=__version__, checks=checks)


@router.post("/jobs/check-stale", summary="Recover lost jobs now", include_in_schema=False)
def check_stale(request: Request, app: Served) -> dict[str, int]:
    """For the scheduler. To anybody that create_http was not told to trust there is nothing at this address."""
    is_internal: Callable[[Request], bool] | None = request.app.state.is_internal
    if is_internal is None or not is_internal(request):
        raise HTTPException(404)
    return sweep_app(app, str(int(time.time() // 5)))


def _check(name: str, ping: Callable[[], str]) -> Check:
    try:
        ping()
    except AisubsError as fault:
        log.warning("health.failing", extra={"port": name, "error_code": fault.code, "reason": fault.reason})
        return Check(ok=False, error=fault.code)
    return Check(ok=True)
