"""The batch plan: fixed by the index of the window, whatever happened before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aisubs.media.front import FrontState
from aisubs.media.windows import to_ms
from aisubs.model.transcript import Damage, Segment
from aisubs.pipeline.transcribe.batches import (
    SILENT_TILES,
    Batch,
    PendingWindow,
    batch_size,
    gather,
    join_spans,
    widest_batch,
)
from aisubs.ports import Piece, Prepared
from tests.scripted_engine import ScriptedEngine

UNFINISHED = FrontState.fresh()
DONE = replace(UNFINISHED, total=0, closed=True)


def tiles(pattern: str, first: int = 0) -> list[PendingWindow]:
    """`s` is a tile with speech, `.` one without; each lasts a second. The last one ends the recording."""
    made = [
        PendingWindow(
            seq,
            seq * 1000,
            seq * 1000 + 1000,
            1000 if kind == "s" else 0,
            UNFINISHED,
            Prepared(Piece(seq, np.zeros(0, np.float32), ((seq * 16_000, seq * 16_000 + 16_000),)))
            if kind == "s"
            else None,
        )
        for seq, kind in enumerate(pattern)
    ]
    made[-1] = replace(made[-1], resume=DONE)
    return made[first:]


def seqs(batch: Batch) -> list[int]:
    return [tile.seq for tile in batch.tiles]


def sizes(batches: list[Batch]) -> list[int]:
    return [len(batch.pieces) for batch in batches]


@pytest.mark.parametrize(
    ("widest", "expected"),
    [(16, [2, 4, 8, 16, 16]), (4, [2, 4, 4, 4, 4]), (3, [2, 3, 3, 3, 3]), (2, [2] * 5), (1, [1] * 5)],
)
def test_the_ramp_and_then_full_batches(widest: int, expected: list[int]) -> None:
    planned, index = [], 0
    for _ in range(5):
        planned.append(batch_size(index, widest))
        index += planned[-1]
    assert planned == expected


@pytest.mark.parametrize(("index", "widest"), [(1, 16), (3, 16), (15, 16), (5, 4)])
def test_no_batch_begins_in_the_middle_of_another(index: int, widest: int) -> None:
    with pytest.raises(ValueError, match="no batch begins"):
        batch_size(index, widest)


def test_silence_between_speech_belongs_to_the_batch_that_follows() -> None:
    batches = list(gather(tiles("s.s.ss.ss"), 0, 4))
    assert [[tile.seq for tile in batch.tiles] for batch in batches] == [[0, 1, 2], [3, 4, 5, 6, 7, 8]]
    assert [batch.last for batch in batches] == [False, True]


def test_a_long_silence_is_saved_without_waiting_for_speech() -> None:
    batches = list(gather(tiles("ss" + "." * 10 + "s"), 0, 4))
    assert [len(batch.tiles) for batch in batches] == [2, SILENT_TILES, SILENT_TILES, 3]
    assert sizes(batches) == [2, 0, 0, 1]


def test_speech_that_waits_is_not_cut_short_by_silence() -> None:
    assert sizes(list(gather(tiles("sss" + "." * 9 + "sss"), 0, 4))) == [2, 4]


@settings(derandomize=True, deadline=None, max_examples=150)
@given(pattern=st.text(alphabet="s.", min_size=1, max_size=60), widest=st.integers(1, 16))
def test_a_run_that_goes_on_behind_any_batch_makes_the_same_batches(pattern: str, widest: int) -> None:
    batches = list(gather(tiles(pattern), 0, widest))
    assert [tile.seq for batch in batches for tile in batch.tiles] == list(range(len(pattern)))
    assert sum(batch.last for batch in batches) == 1
    done_tiles = done_speech = 0
    for number, batch in enumerate(batches[:-1], start=1):
        done_tiles += len(batch.tiles)
        done_speech += len(batch.pieces)
        again = list(gather(tiles(pattern, done_tiles), done_speech, widest))
        assert [seqs(one) for one in again] == [seqs(one) for one in batches[number:]]


def test_the_setting_wins_over_the_engine() -> None:
    assert widest_batch(ScriptedEngine(batch_size=16), 0) == 16
    assert widest_batch(ScriptedEngine(batch_size=16), 3) == 3


def test_joined_spans_touch_nowhere() -> None:
    assert join_spans([(0, 5), (5, 9), (12, 12), (20, 30), (25, 28)]) == ((0, 9), (20, 30))


def test_speech_is_told_to_the_nearest_millisecond_as_everything_else() -> None:
    """By the rule of aisubs/media/windows.py: the last half a millisecond of speech does not fall out of the ledger."""
    spans = ((7, 7_992), (8_009, 15_993))
    tile = replace(tiles("s")[0], prepared=Prepared(Piece(0, np.zeros(0, np.float32), spans)))
    assert tile.speech == ((0, 500), (501, 1000))
    assert tile.speech == tuple((to_ms(start), to_ms(end)) for start, end in spans)


def test_a_hole_counts_as_speech_in_which_nothing_was_written() -> None:
    tile = replace(tiles("s")[0], damage=Damage(missing=((400, 600), (900, 2500))))
    row = tile.transcribed((Segment(0, 400, " Hi."),), ((0, 500),))
    assert row.speech == ((0, 600), (900, 2500))
