"""One job through our worker with a simulated accelerator, in a process of its own; tells its figures as JSON.

python -m tests.bench.loop_worker '{"url": …, "folder": …, "recording": …, "speed": 100, "until_first": false}'
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path

from tests.bench.simulated_accelerator import SimulatedEngine
from tests.bench.stopwatch import Stopwatch
from tests.bench.surroundings import peak_bytes
from tests.workshop import Workshop


def main(url: str, folder: str, recording: str, speed: float, until_first: bool = False) -> dict[str, object]:
    """`until_first`: hand the job over after the second batch, when the first is saved."""
    with Workshop(url, Path(folder)) as shop:
        shop.drop(Path(recording))
        stop = threading.Event()
        engine = SimulatedEngine(
            speed=speed, batch_size=16, before_batch=lambda number: stop.set() if until_first and number else None
        )
        watch = Stopwatch(shop.database)
        code = shop.work(engine, stop=stop, database=watch)
        if code != 0:
            raise RuntimeError(f"the worker ended with {code}")
        begin, end = watch.first("claim_next_job"), watch.calls[-1]
        done = [call for call in watch.calls if call.function == "complete_job"]
        end = done[0] if done else end
        return {
            "wall_s": end.began_s + end.took_s - begin.began_s,
            "busy_s": engine.busy_s,
            "peak_bytes": peak_bytes(),
            "cpu_s": time.process_time(),
            "first_s": next(one.began_s + one.took_s for one in watch.saves() if one.with_text) - begin.began_s,
            "saving_s": sum(one.took_s for one in watch.saves()),
            "saves": [
                [one.reached_ms, one.remaining_ms, end.began_s + end.took_s - one.began_s - one.took_s]
                for one in watch.saves()
            ],
        }


if __name__ == "__main__":
    print(json.dumps(main(**json.loads(sys.argv[1]))))
