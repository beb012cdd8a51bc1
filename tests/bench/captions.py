"""Captions by hand: a long property test, and what a talk of 100,000 words costs when every cue of it is pinned.

`python -m tests.bench.captions` prints the table alone and exits with 1 if a goal is missed.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Iterator
from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aisubs.formats.columnar import columns_of
from aisubs.model.captions.operations import SetTimes
from aisubs.model.document import Document
from aisubs.model.operations import revise
from aisubs.model.transcript import Segment, Transcript
from aisubs.pipeline.read_transcript import Text
from aisubs.pipeline.shape_cues import ShapedText, shape_cues
from tests.bench.__main__ import Row, run
from tests.unit.test_captions_property import walk
from tests.unit.test_cues import recording, spoken

Made = TypeVar("Made")

EXAMPLES = 600
"""A walk takes a tenth of a second and more as they grow, for every profile and format is written at its end: 3,000 of
them did not end within what a bench may take here."""
SENTENCE = "this is a sentence of ten words and no more."
SENTENCES = 10_000
AT_ONCE = 4_000
TIMES_AS_LONG = 3.0


def rows() -> Iterator[Row]:
    yield _property()
    yield from _costs()


def _property() -> Row:
    tried = 0

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def any_order(data: st.DataObject) -> None:
        nonlocal tried
        tried += walk(data, most=20)

    name = f"operations on captions and text, in {EXAMPLES} walks"
    try:
        any_order()
    except AssertionError as fault:
        traceback.print_exception(fault)  # with the walk that breaks it
        return name, "broken", "words, order, history hold", False
    return name, f"{tried}, all hold", "words, order, history hold", True


def _costs() -> list[Row]:
    segments: list[Segment] = []
    for number in range(SENTENCES):
        start_ms = segments[-1].end_ms + 300 if segments else 0
        segments.append(spoken(SENTENCE, start_ms, 40, "Anna" if number // 7 % 2 else "Bert"))
    talk = recording(*segments, duration_ms=segments[-1].end_ms + 1_000)
    flowing, flowing_s = _timed(lambda: shape_cues(Text(0, talk), "netflix"))
    pinned, pinning_s = _timed(lambda: _pinned(talk, flowing))
    shaped, shaped_s = _timed(lambda: shape_cues(Text(1, talk, pinned), "netflix"))
    same = [cue.start_ms for cue in shaped.cues] == [cue.start_ms for cue in flowing.cues]
    cues = len(flowing.cues)
    return [
        (f"{cues} cues pinned where they are: moved", "none" if same else "some", "none", same),
        (
            f"shaping {cues} pinned cues, against cues that flow",
            f"{shaped_s / flowing_s:.1f} times as long",
            f"{TIMES_AS_LONG} times",
            shaped_s <= TIMES_AS_LONG * flowing_s,
        ),
        ("pinning a cue in 100,000 words", f"{1000 * pinning_s / cues:.2f} ms", "1 ms", 1000 * pinning_s < cues),
    ]


def _pinned(talk: Transcript, flowing: ShapedText) -> Document:
    document = columns_of(talk)
    pins = [
        SetTimes("setTimes", (first[0], first[1] or 0), (last[0], last[1] or 0), cue.start_ms, cue.end_ms)
        for cue, (first, last) in zip(flowing.cues, ((span.first, span.last) for span in flowing.spans), strict=True)
    ]
    for begin in range(0, len(pins), AT_ONCE):
        document, _ = revise(document, pins[begin : begin + AT_ONCE], duration_ms=talk.duration_ms)
    return document


def _timed(make: Callable[[], Made]) -> tuple[Made, float]:
    began_s = time.perf_counter()
    made = make()
    return made, time.perf_counter() - began_s


if __name__ == "__main__":
    sys.exit(not all(row[3] for row in run("captions")))
