"""The text of a ten hour recording on its way to the editor and back: seconds of processor time of the server's Python.

`python -m tests.bench text` starts a Postgres of its own.
"""

from __future__ import annotations

import gzip
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg

from aisubs.formats.columnar import write_document
from aisubs.local.postgres import EmbeddedPostgres
from aisubs.model.document import Paragraph
from aisubs.model.job import Job
from aisubs.model.text_operations import Splice
from aisubs.model.transcript import Segment, Window
from aisubs.pipeline.jobs import Holder, HolderReads
from aisubs.pipeline.read_transcript import Text, read_text
from aisubs.pipeline.revise_transcript import restore, save_edit
from aisubs.pipeline.shape_cues import shape_cues
from aisubs.sql.migrate import migrate
from tests.bench.__main__ import Row
from tests.bench.made_speech import TONGUES, transcript
from tests.pipeline.job_line import JobLine

SENTENCES = 10_400
"""About 100,000 words."""

HOLDER_TOKEN = "token"
HOLDER = Holder.of([HOLDER_TOKEN])


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder)) as server:
        with psycopg.connect(server.url) as connection:
            migrate(connection)
        with JobLine(server.url) as line:
            job, words = completed(line)
            yield from _reading(line, job, words)
            yield from _writing(line, job)


def completed(line: JobLine) -> tuple[Job, int]:
    """A finished job and how many words its windows of half a minute hold."""
    made = transcript(TONGUES[0], SENTENCES, 1)
    job_id = line.web().job_id
    claim = line.claim()
    window_ms = 30_000
    per_window = {
        number: tuple(group) for number, group in groupby(made.segments, key=lambda s: s.start_ms // window_ms)
    }
    windows = [
        Window(seq, seq * window_ms, (seq + 1) * window_ms, 0, _inside(per_window.get(seq, ()), (seq + 1) * window_ms))
        for seq in range(made.duration_ms // window_ms + 1)
    ]
    for first in range(0, len(windows), 16):
        line.jobs.save_windows(job_id, claim.fence, windows[first : first + 16], {}, language="en", remaining_ms=None)
    line.complete(claim, duration_ms=windows[-1].end_ms, coverage=None)
    return line.jobs.get_job(job_id, HOLDER), sum(len(s.words) for s in made.segments)


def _inside(segments: tuple[Segment, ...], end_ms: int) -> tuple[Segment, ...]:
    return tuple(segment for segment in segments if segment.start_ms < end_ms)


def _reading(line: JobLine, job: Job, words: int) -> Iterator[Row]:
    of = f"{words} words, {(job.duration_ms or 0) / 3_600_000:.1f} h"
    (text, data), spent = _timed(lambda: _shown(read_text(job, jobs=HolderReads(line.jobs, HOLDER))))
    yield _row(f"the machine's text out of the windows and in columns, {of}", *spent, 1.0)
    small, packing = _timed(lambda: gzip.compress(data, 4))
    yield _row(f"pack its {len(data) / 1e6:.1f} MB into {len(small) / 1e6:.1f} MB", *packing, 0.5)
    cues, shaping = _timed(lambda: shape_cues(text, "netflix"))
    yield _row(f"shape {len(cues.cues)} cues with their paragraphs", *shaping, 2.0)


def _writing(line: JobLine, job: Job) -> Iterator[Row]:
    for name in ("first", "second"):
        text = read_text(job, jobs=HolderReads(line.jobs, HOLDER))
        paragraph = text.document.paragraphs[700]
        splice = Splice("splice", (paragraph.id,), (_relabelled(paragraph, name),))
        _, spent = _timed(
            lambda text=text, splice=splice: save_edit(job, HOLDER, text.revision, [splice], jobs=line.jobs)
        )
        yield _row(f"save a {name} correction", *spent, 1.5)
    _, spent = _timed(lambda: read_text(job, jobs=HolderReads(line.jobs, HOLDER)))
    yield _row("the corrected text", *spent, 1.0)
    _, spent = _timed(lambda: read_text(job, jobs=HolderReads(line.jobs, HOLDER), revision=1))
    yield _row("the revision before it", *spent, 1.0)
    _, spent = _timed(lambda: restore(job, HOLDER, 2, 0, jobs=line.jobs))
    yield _row("restore the machine's text", *spent, 2.0)


def _shown(text: Text) -> tuple[Text, bytes]:
    return text, write_document(text.document, {})


def _relabelled(paragraph: Paragraph, speaker: str) -> Paragraph:
    return Paragraph(**{**json.loads(json.dumps(paragraph.as_json())), "speaker": speaker})


def _timed(work: Callable[[], Any]) -> tuple[Any, tuple[float, float]]:
    """What it returns, and seconds of our processor time and of the clock on the wall (which has Postgres in it)."""
    began_s, cpu_s = time.perf_counter(), time.process_time()
    found = work()
    return found, (time.process_time() - cpu_s, time.perf_counter() - began_s)


def _row(name: str, cpu_s: float, wall_s: float, goal_s: float) -> Row:
    return (name, f"{cpu_s:.2f} s (waited {wall_s:.2f})", f"<= {goal_s} s", cpu_s <= goal_s)
