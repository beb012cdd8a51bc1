"""One recording through faster-whisper's batched pipeline with a simulated accelerator; tells its figures as JSON."""

from __future__ import annotations

import json
import sys
import time

from faster_whisper import BatchedInferencePipeline

from tests.bench.simulated_accelerator import simulated_upstream
from tests.bench.surroundings import peak_bytes


def main(recording: str, speed: float) -> dict[str, object]:
    whisper, accelerator = simulated_upstream(speed)
    began_s = time.monotonic()
    told, _ = BatchedInferencePipeline(whisper).transcribe(recording, batch_size=16)
    first_s = None
    for _segment in told:
        first_s = first_s or time.monotonic() - began_s
    wall_s = time.monotonic() - began_s
    return {
        "wall_s": wall_s,
        "busy_s": accelerator.busy_s,
        "peak_bytes": peak_bytes(),
        "cpu_s": time.process_time(),
        "first_s": first_s,
    }


if __name__ == "__main__":
    print(json.dumps(main(**json.loads(sys.argv[1]))))
