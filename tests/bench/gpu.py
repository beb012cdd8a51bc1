"""Ours against faster-whisper's batched pipeline on a CUDA device: `make bench-gpu`.

End to end: one recording, reading and decoding included, until every text is there; ours saves every batch in a durable
Postgres on the way. Both use the same model of large-v3-turbo's shape with random weights, whose decoder never ends a
window early, so every window costs the same number of tokens. Each run is a process of its own, model loading left out.

`python -m tests.bench.gpu --shape tiny --hours 0.33 --device cpu` tries the script itself without a GPU.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from aisubs.adapters.engine.faster_whisper import FasterWhisperEngine
from aisubs.model.job import Options
from aisubs.model.price import cost_of_audio_hour
from aisubs.model.transcript import Segment
from aisubs.ports import Prepared
from aisubs.settings import Settings
from tests.bench.price import worker_hour
from tests.bench.random_model import SHAPES, make_random_model
from tests.bench.surroundings import database_server, in_process, peak_bytes, recording, workshop

BATCH_SIZE = 16
GOALS = {
    1.0: ("real-time factor, ours / upstream, 1 h", ">= 1.0"),
    3.0: ("time to result, ours / upstream, 3 h", "<= 0.8"),
}


class OnePassEngine(FasterWhisperEngine):
    """Random words are all doubtful; upstream decodes nothing twice, so neither do we here."""

    def redecode(self, piece: Prepared, language: str, options: Options, attempt: int) -> tuple[Segment, ...]:
        return ()


def ours(model: str, device: str, path: str) -> dict[str, Any]:
    settings = Settings(model=model, device=device, batch_size=BATCH_SIZE)  # type: ignore[arg-type]
    engine = OnePassEngine.load(settings)
    engine.ping()
    with database_server() as url, workshop(url) as shop:
        shop.drop(Path(path), language="en", force_language=True)
        began_s = time.monotonic()
        if shop.work(engine) != 0:
            raise RuntimeError("the worker did not end well")
        return {"wall_s": time.monotonic() - began_s, "peak_bytes": peak_bytes()}


def upstream(model: str, device: str, path: str) -> dict[str, Any]:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    compute_type = "float16" if device == "cuda" else "int8"
    pipeline = BatchedInferencePipeline(WhisperModel(model, device=device, compute_type=compute_type))
    began_s = time.monotonic()
    told, _ = pipeline.transcribe(path, batch_size=BATCH_SIZE, beam_size=5, language="en", word_timestamps=True)
    segments = sum(1 for _ in told)
    return {"wall_s": time.monotonic() - began_s, "peak_bytes": peak_bytes(), "segments": segments}


def compare(shape: str, hours: list[float], device: str) -> int:
    missed = 0
    with tempfile.TemporaryDirectory(prefix="aisubs-gpu-") as folder:
        model = make_random_model(SHAPES[shape], Path(folder) / "model", compute_type="float16")
        for length in hours:
            told = {"model": str(model), "device": device, "path": str(recording(length, Path(folder)))}
            ran = {side: in_process("gpu", side=side, **told) for side in ("upstream", "ours")}
            ratio = ran["ours"]["wall_s"] / ran["upstream"]["wall_s"]
            for side, figures in ran.items():
                speed = length * 3600 / figures["wall_s"]
                ram_mib = figures["peak_bytes"] / 2**20
                print(f"  {side:<10} {length:g} h: {speed:7.1f}x real time, {ram_mib:6.0f} MiB of RAM")
            hour = worker_hour(4, 16, gpu=True)
            cost = cost_of_audio_hour(length * 3600, figures["wall_s"], hour)
            print(f"  an audio hour, were this an L4 with 4 vCPU and 16 GiB at ${hour:.2f}: ${cost:.4f}")
            name, goal = GOALS.get(length, (f"time to result, ours / upstream, {length:g} h", "-"))
            measured = 1 / ratio if length == 1.0 else ratio
            holds = measured >= 1.0 if length == 1.0 else measured <= 0.8 if length == 3.0 else True
            missed += not holds
            print(f"  {'ok  ' if holds else 'MISS'} {name:<62} {measured:>24.2f}   goal {goal}", flush=True)
    return 1 if missed else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.gpu", description=__doc__)
    parser.add_argument("--shape", choices=SHAPES, default="large-v3-turbo")
    parser.add_argument("--hours", type=float, nargs="+", default=[1.0, 3.0])
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    given = parser.parse_args()
    import ctranslate2

    if given.device == "cuda" and ctranslate2.get_cuda_device_count() == 0:
        print("Skipped: this bench needs a CUDA device, and CTranslate2 sees none here.")
        return 0
    return compare(given.shape, given.hours, given.device)


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1].startswith("{"):
        asked = json.loads(sys.argv[1])
        print(json.dumps({"ours": ours, "upstream": upstream}[asked.pop("side")](**asked)))
    else:
        sys.exit(main())
