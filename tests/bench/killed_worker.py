"""One worker with the toy model, to be killed by the bench; tells which batches it computes, line by line.

python -m tests.bench.killed_worker '{"url": …, "folder": …}'
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from aisubs.adapters.engine.faster_whisper import FasterWhisperEngine
from aisubs.model.job import Options
from aisubs.model.transcript import Segment
from aisubs.ports import Prepared
from tests.workshop import Workshop


class TellingEngine(FasterWhisperEngine):
    """Writes the numbers of a batch's windows to `told` once it is done with them."""

    told: TextIO

    def transcribe(self, batch: Sequence[Prepared], language: str, options: Options) -> list[tuple[Segment, ...]]:
        answers = super().transcribe(batch, language, options)
        self.told.write(json.dumps([one.piece.seq for one in batch]) + "\n")
        self.told.flush()
        return answers


def main(url: str, folder: str) -> int:
    with Workshop(url, Path(folder), beam_size=1, batch_size=4) as shop, (Path(folder) / "batches").open("a") as told:
        engine = TellingEngine.load(shop.settings)
        engine.told = told
        return shop.work(engine)


if __name__ == "__main__":
    sys.exit(main(**json.loads(sys.argv[1])))
