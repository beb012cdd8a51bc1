"""One side of a comparison on real weights, in a process of its own: recordings in, texts and seconds out, as JSON.

python -m tests.bench.speech_side '{"side": "ours", "model": "base", "paths": [...], "url": "postgresql://…"}'

`ours` is the product's own worker with its database: from the claim until the result is published. The others are
faster-whisper as its README calls it. All in one process environment; loading the model is told apart.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aisubs.heap import begin_with_huge_pages, keep_heap_small
from aisubs.settings import Settings
from aisubs.weights.sources import find_model
from tests.bench.stopwatch import Stopwatch
from tests.bench.surroundings import peak_bytes, workshop

SIDES = ("ours", "batched", "sequential", "sequential with VAD")
THREADS = 2
Told = dict[str, Any]
"""Of one recording: wall_s, language, and segments of (start_s, end_s, text, language, marked, words of (start, end,
text)); `unresolved_s` by our own ledger."""


def main(side: str, model: str, paths: list[str], url: str = "", words: bool = True, **options: Any) -> Told:
    """Figures of the process, and of each recording what was told."""
    began_s = time.monotonic()
    if side == "ours":
        begin_with_huge_pages()  # as its worker does
        keep_heap_small()
        told, load_s = _ours(model, paths, url, began_s, {"word_timestamps": words, **options})
    else:
        transcribe = _upstream(side, model, words, options)
        load_s = time.monotonic() - began_s
        told = [transcribe(path) for path in paths]
    return {"load_s": load_s, "peak_bytes": peak_bytes(), "cpu_s": time.process_time(), "told": told}


def _ours(model: str, paths: list[str], url: str, began_s: float, options: dict[str, Any]) -> tuple[list[Told], float]:
    from aisubs.adapters.engine.faster_whisper import FasterWhisperEngine
    from aisubs.media.apart import HELPER

    HELPER.get_ready()  # as the worker has it, while the model is loaded
    engine = FasterWhisperEngine.load(Settings(model=model, device="cpu", cpu_threads=THREADS))
    load_s = time.monotonic() - began_s
    told = []
    with workshop(url) as shop:
        for number, path in enumerate(paths):
            job_id = shop.drop(Path(path), name=f"{number}-{Path(path).name}", fresh=True, **options)
            watch = Stopwatch(shop.database)
            if shop.work(engine, database=watch) != 0 or shop.row(job_id)["status"] != "completed":
                raise RuntimeError(f"{path}: {shop.row(job_id)['error_message']}")
            begin, end = watch.first("claim_next_job"), watch.first("complete_job")
            document = json.loads(shop.files(job_id)["json"])
            told.append(
                {
                    "wall_s": end.began_s + end.took_s - begin.began_s,
                    "language": document["language"],
                    "unresolved_s": document["coverage"]["unresolved_ms"] / 1000,
                    "segments": [_our_segment(segment) for segment in document["segments"]],
                }
            )
    return told, load_s


def _our_segment(segment: dict[str, Any]) -> list[Any]:
    words = [[word["start_ms"] / 1000, word["end_ms"] / 1000, word["text"]] for word in segment.get("words", ())]
    doubted = set(segment.get("marks", ())) - {"redecoded"}
    return [
        segment["start_ms"] / 1000, segment["end_ms"] / 1000, segment["text"], segment.get("language"),
        bool(doubted), words,
    ]  # fmt: skip


def _upstream(side: str, model: str, words: bool, options: dict[str, Any]) -> Callable[[str], Told]:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    folder = find_model(model, Settings()).open()
    whisper = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=THREADS)
    if side == "batched":
        call: Callable[..., Any] = BatchedInferencePipeline(whisper).transcribe
        named = {**options, "batch_size": 8}
    else:
        call, named = whisper.transcribe, {**options, "vad_filter": side == "sequential with VAD"}

    def transcribe(path: str) -> Told:
        began_s = time.monotonic()
        found, info = call(path, word_timestamps=words, **named)
        segments = [
            [one.start, one.end, one.text, info.language, False, [[w.start, w.end, w.word] for w in one.words or ()]]
            for one in found
        ]
        wall_s = time.monotonic() - began_s
        return {"wall_s": wall_s, "language": info.language, "unresolved_s": 0.0, "segments": segments}

    return transcribe


if __name__ == "__main__":
    print(json.dumps(main(**json.loads(sys.argv[1]))))
