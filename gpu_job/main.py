"""One worker execution: environment in, outcome in the database, exit code out.

The main thread only waits for signals, so that SIGTERM is heard while the engine computes. SIGTERM and SIGINT mean:
finish the running batch, save it, hand the job over. The work itself is aisubs/pipeline/work.py.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from functools import partial

from aisubs.log import set_up_logging
from aisubs.settings import Settings, read_settings


def run(settings: Settings, stop: threading.Event) -> int:
    from aisubs.pipeline.work import EngineShelf, Worker, own_name, work
    from aisubs.wiring import make_app, make_engine, make_limits

    app = make_app(settings)
    worker = Worker(
        jobs=app.jobs,
        store=app.store,
        queue=app.queue,
        mirror=app.mirror,
        limits=make_limits(settings),
        settings=settings,
        engines=EngineShelf(partial(make_engine, settings)),
        stop=stop,
        notifier=app.notifier,
    )
    return work(worker, own_name(app.runner, settings.dispatch_id))


def main() -> int:
    """0 when the outcome is in the database (or there was nothing to do), 1 when it could not be recorded."""
    # numpy's BLAS reads this when it is loaded. Its threads would spin on the cores that decoding needs, for nothing:
    # features of a window are too small to share out (measured: 3.4 s of processor instead of 1.3 s for an hour).
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251
    settings = read_settings()
    set_up_logging(settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(run(settings, stop)), name="worker")
    thread.start()
    thread.join()
    return codes[0] if codes else 1


if __name__ == "__main__":
    sys.exit(main())
