"""One recording through the worker with the toy model, for its peak memory; tells it as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.bench.surroundings import peak_bytes, workshop


def main(url: str, recording: str) -> dict[str, int]:
    with workshop(url, beam_size=1) as shop:
        job_id = shop.drop(Path(recording))
        if shop.work() != 0 or shop.row(job_id)["status"] != "completed":
            raise RuntimeError(f"the job ended {shop.row(job_id)['status']}: {shop.row(job_id)['error_message']}")
    return {"peak_bytes": peak_bytes()}


if __name__ == "__main__":
    print(json.dumps(main(**json.loads(sys.argv[1]))))
