"""One worker execution, `python -m aisubs.worker`: environment in, outcome in the database, exit code out.

SIGTERM is heard by a thread of its own (aisubs/signals.py) while the engine computes. SIGTERM and SIGINT mean:
finish the running batch, save it, hand the job over. The work itself is aisubs/pipeline/work.py.

Nothing but the standard library, and heap.py and signals.py, which need no more, is imported before `main` runs: a
worker that cannot start has to be able to say so.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from importlib import import_module
from typing import TYPE_CHECKING

from aisubs.heap import begin_with_huge_pages, is_for_want_of_memory, keep_heap_small
from aisubs.signals import told_of

if TYPE_CHECKING:
    from aisubs.settings import Settings

log = logging.getLogger(__name__)

ENGINE = "faster_whisper"


class Unfit(Exception):
    """No worker can start here until somebody changes something. `str()` is a sentence that says what."""


def main() -> int:
    """0 when the outcome is in the database (or there was nothing to do), 1 when it could not be recorded.

    EX_CONFIG (78, sysexits.h) when no worker could start here; then the last line of the log says why, in `sentence`.
    """
    # numpy's BLAS reads this when it is loaded. Its threads would spin on the cores that decoding needs, for nothing:
    # features of a window are too small to share out (measured: 3.4 s of processor instead of 1.3 s for an hour).
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251
    keep_heap_small()
    stop = threading.Event()
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(_run_or_say_why_not(stop)), name="worker")
    with told_of((signal.SIGTERM, signal.SIGINT), stop.set):
        thread.start()
        thread.join()
    return codes[0] if codes else 1


def _run_or_say_why_not(stop: threading.Event) -> int:
    try:
        return run(_start(), stop)
    except Unfit as fault:
        log.critical("worker.cannot_start", extra={"sentence": str(fault)})
        return os.EX_CONFIG


def _start() -> Settings:
    """The settings, with logging set up. Raises Unfit."""
    try:
        from aisubs.log import set_up_logging

        set_up_logging()
        from pydantic import ValidationError

        from aisubs.settings import problems_of, read_settings
    except ImportError as fault:
        raise unable(fault) from fault
    try:
        settings = read_settings()
    except ValidationError as fault:
        raise Unfit(" ".join(problems_of(fault))) from fault
    set_up_logging(settings.log_level)
    return settings


def run(settings: Settings, stop: threading.Event) -> int:
    """Work until nothing is to be had or `stop` is set; returns the exit code. Raises Unfit before a job is claimed."""
    try:
        ask_for_engine()
        from aisubs.duties import make_worker
        from aisubs.media.apart import HELPER
        from aisubs.pipeline.work import own_name, work
        from aisubs.wiring import make_app

        HELPER.get_ready()  # while the model is loaded
        app = make_app(settings)
    except ImportError as fault:
        raise unable(fault) from fault
    return work(make_worker(app, stop), own_name(app.runner, settings.dispatch_id))


def ask_for_engine() -> None:
    """A job is claimed by a worker that can carry it out, so this comes first. Raises ImportError."""
    import_module(ENGINE)


def unable(fault: ImportError) -> Exception:
    """Unfit, unless it is memory that was missing: the next worker may have it."""
    return MemoryError(str(fault)) if is_for_want_of_memory(fault) else Unfit(not_installed(fault))


def not_installed(fault: ImportError) -> str:
    """A library that is not there, or one that lacks a library of its own."""
    if isinstance(fault, ModuleNotFoundError):
        return f"{fault.name} is not installed. Install it with: pip install 'aisubs[local]'."
    return f"{fault.name or 'A library'} cannot be loaded: {fault}."


if __name__ == "__main__":
    begin_with_huge_pages()
    sys.exit(main())
