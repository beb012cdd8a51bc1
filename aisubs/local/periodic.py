"""A duty that comes round: one thread each, so that a slow duty never holds up another."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

from aisubs.model.errors import AisubsError

log = logging.getLogger(__name__)


class Periodic:
    """Calls `duty` at once, then `every_s` seconds after each end, and whenever `sooner` is set.

    A duty that fails is logged and comes round again.
    """

    def __init__(self, name: str, every_s: float, duty: Callable[[], object], sooner: Event | None = None) -> None:
        self._duty = duty
        self._every_s = every_s
        self._stop = Event()
        self._sooner = sooner or Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Returns when the duty that may be under way is done."""
        self._stop.set()
        self._sooner.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._sooner.clear()
            try:
                self._duty()
            except AisubsError as fault:
                log.warning(
                    "duty.failed",
                    extra={"duty": self._thread.name, "error_code": fault.code, "reason": fault.reason},
                )
            except Exception:
                log.exception("duty.crashed", extra={"duty": self._thread.name})
            self._sooner.wait(self._every_s)
