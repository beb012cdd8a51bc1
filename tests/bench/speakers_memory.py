"""Memory of the diarizer in a process of its own: `python -m tests.bench.speakers_memory HOURS` prints JSON.

It listens to ten minutes of the demo's sample, then decides on the rows of so many hours: the same ones again and
again, each print moved at random, so that no two are equal.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace

import numpy as np

from aisubs.adapters.diarizer.chunked.heard import read_row, write_row
from aisubs.adapters.diarizer.chunked.voices import unit
from aisubs.adapters.diarizer.onnx.networks import ROWS
from aisubs.cli.demo_sample import VIDEO
from aisubs.heap import keep_heap_small
from aisubs.model.turns import SpeakerCount
from aisubs.ports.diarizer import SpeakerChunk
from aisubs.settings import Settings
from aisubs.wiring_workers import diarizer_of
from tests.bench.surroundings import peak_bytes
from tests.speech import read_audio

LISTENED_S, HOP_MS = 600, 4995
MOVED = 0.03


def main(hours: float) -> dict[str, float]:
    keep_heap_small()  # as the worker does
    diarizer = diarizer_of(Settings())
    sample = read_audio(VIDEO)
    rows = list(diarizer.listen(sample for _ in range(LISTENED_S * 16_000 // len(sample))))
    heard = [read_row(row.data, ROWS) for row in rows[:-1]]
    generator = np.random.default_rng(1)
    chunks = round(hours * 3_600_000 / HOP_MS)
    many = []
    for seq in range(chunks):
        one = heard[seq % len(heard)]
        moved = one.prints + MOVED * generator.standard_normal(one.prints.shape)
        data = write_row(replace(one, prints=unit(moved).astype(np.float16)), ROWS)
        many.append(SpeakerChunk(seq, seq * HOP_MS, seq * HOP_MS + 10_000, data))
    began_s = time.process_time()
    turns = diarizer.decide(many, chunks * HOP_MS, SpeakerCount())
    decide_s = time.process_time() - began_s
    speakers = len({turn.speaker for turn in turns})
    return {"peak_bytes": peak_bytes(), "decide_s": decide_s, "turns": len(turns), "speakers": speakers}


if __name__ == "__main__":
    print(json.dumps(main(float(sys.argv[1]))))
