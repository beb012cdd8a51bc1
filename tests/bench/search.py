"""Search in a library of a hundred hours: what it costs to index a text, and to answer. Processor time of Python and
Postgres together, for the machine that measures may have other work.

`python -m tests.bench search` starts a Postgres of its own. The words are drawn from small vocabularies, so that common
ones stand in almost every window: the worst that can be asked. Rare ones are set in by hand.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg

from aisubs.local.postgres import EmbeddedPostgres
from aisubs.model.transcript import Segment, Window
from aisubs.pipeline.jobs import Holder
from aisubs.pipeline.search_texts import search_texts
from aisubs.sql.migrate import migrate
from tests.bench.__main__ import Row
from tests.bench.made_speech import TONGUES
from tests.pipeline.job_line import JobLine

JOBS, WINDOWS, WINDOW_MS = 100, 120, 30_000
"""A hundred recordings of an hour."""

WORDS_PER_WINDOW = 75
ASKED = 20
HOLDER = Holder.of(["token"])


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder)) as server:
        with psycopg.connect(server.url) as connection:
            migrate(connection)
        with JobLine(server.url) as line:
            _fill(line)
            processor = Processor(server)
            assert line.jobs.index_texts(JOBS) == JOBS
            each_s = processor.spent_s() / JOBS
            yield "index an hour of text", f"{each_s * 1000:.0f} ms", "<= 200 ms", each_s <= 0.2
            of = f"in {JOBS * WINDOWS} windows"
            yield _row(line, server, f"a rare word {of}", "zwetschgenroster")
            yield _row(line, server, f"the beginning of a rare word {of}", "zwetsch")
            yield _row(line, server, f"a phrase of three common words {of}", '"the house of"')
            yield _row(line, server, f"two common words {of}", "house water")
            yield _row(line, server, f"two Chinese characters {of}", "预算")
            yield _row(line, server, f"what nobody said {of}", "nowhere")


class Processor:
    """Time of this process and of the server's, since it was made."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        assert server.pid is not None
        self._server = psutil.Process(server.pid)
        self._began_s = self._now_s()

    def spent_s(self) -> float:
        return self._now_s() - self._began_s

    def _now_s(self) -> float:
        backends = [process.cpu_times() for process in self._server.children(recursive=True)]
        return time.process_time() + sum(times.user + times.system for times in backends)


def _fill(line: JobLine) -> None:
    dice = random.Random(7)
    vocabulary = TONGUES[0].words.split()
    for number in range(JOBS):
        job_id = line.web().job_id
        claim = line.claim()
        windows = []
        for seq in range(WINDOWS):
            words = dice.choices(vocabulary, k=WORDS_PER_WINDOW)
            if seq == number:
                words += ["Zwetschgenröster", "我们今天讨论预算问题"]
            start_ms = seq * WINDOW_MS
            segment = Segment(start_ms, start_ms + WINDOW_MS, " ".join(words))
            windows.append(Window(seq, start_ms, start_ms + WINDOW_MS, 0, (segment,)))
        line.jobs.save_windows(job_id, claim.fence, windows, {}, language="en", remaining_ms=None)
        line.complete(claim, duration_ms=WINDOWS * WINDOW_MS, content_sha256=f"{number:064x}")


def _row(line: JobLine, server: EmbeddedPostgres, name: str, asked: str) -> Row:
    processor = Processor(server)
    for _ in range(ASKED):
        total, _found = search_texts(asked, HOLDER, jobs=line.jobs, job_id=None, page=1, per_page=20, hits_per_job=5)
    each_s = processor.spent_s() / ASKED
    return f"{name}: {total} jobs", f"{each_s * 1000:.0f} ms", "<= 100 ms", each_s <= 0.1
