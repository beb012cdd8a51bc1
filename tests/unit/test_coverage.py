"""The ledger: every millisecond in exactly one account."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aisubs.model.errors import AisubsError
from aisubs.model.transcript import Account, Damage, Mark, Segment, Window, Word
from aisubs.pipeline.transcribe.coverage import accounts, take_stock

TEXT = Segment(1_000, 9_000, " Something was said.")


def window(*segments: Segment, speech: tuple[tuple[int, int], ...] = ((1_000, 9_000),), start_ms: int = 0) -> Window:
    return Window(0, start_ms, 10_000, sum(end - start for start, end in speech), segments, speech)


@pytest.mark.parametrize(
    ("marks", "account"),
    [
        ((), "transcribed_ms"),
        ((Mark.REDECODED,), "redecoded_ms"),
        ((Mark.LOOP,), "unresolved_ms"),
        ((Mark.REDECODED, Mark.DOUBTFUL), "unresolved_ms"),
        ((Mark.NO_SPEECH,), "unresolved_ms"),
    ],
)
def test_the_marks_decide_the_account(marks: tuple[Mark, ...], account: str) -> None:
    coverage = take_stock([window(Segment(1_000, 9_000, " Said.", marks=marks))])
    assert getattr(coverage, account) == 8_000
    assert coverage.no_speech_ms == 2_000
    assert coverage.total_ms == 10_000


def test_silence_is_no_speech() -> None:
    assert take_stock([window(speech=())]).no_speech_ms == 10_000


def test_speech_without_any_text_is_unresolved() -> None:
    coverage = take_stock([window()])
    assert coverage.unresolved == ((1_000, 9_000),)


def test_a_skipped_sentence_shows() -> None:
    words = (Word(1_000, 2_000, " First."), Word(7_000, 8_900, " Last."))
    coverage = take_stock([window(Segment(1_000, 8_900, " First. Last.", words))])
    assert coverage.unresolved == ((2_000, 7_000),)
    assert coverage.transcribed_ms == 3_000


def test_unresolved_neighbours_are_one_span() -> None:
    first = Window(0, 0, 5_000, 5_000, (), ((0, 5_000),))
    second = Window(1, 5_000, 9_000, 4_000, (), ((5_000, 9_000),))
    assert take_stock([first, second]).unresolved == ((0, 9_000),)


def test_every_window_that_a_decoder_drops_is_found() -> None:
    whole = [
        Window(n, n * 10_000, n * 10_000 + 10_000, 8_000, (Segment(n * 10_000 + 500, n * 10_000 + 8_500, " Said."),),
               ((n * 10_000 + 500, n * 10_000 + 8_500),))
        for n in range(20)
    ]  # fmt: skip
    dropped = {3, 4, 11, 19}
    faulty = [Window(w.seq, w.start_ms, w.end_ms, w.speech_ms, (), w.speech) if w.seq in dropped else w for w in whole]
    coverage = take_stock(faulty)
    assert coverage.unresolved == tuple((n * 10_000 + 500, n * 10_000 + 8_500) for n in sorted(dropped))
    assert take_stock(whole).unresolved == ()


def test_what_the_file_has_lost_is_unresolved_however_short() -> None:
    lost = Damage(missing=((2_000, 2_300), (9_500, 10_000)), gaps=((9_000, 9_500),))
    first = Window(0, 0, 10_000, 8_000, (TEXT,), ((1_000, 9_000), (9_500, 10_000)), lost)
    rest = Window(1, 10_000, 11_000, 0, (), ((10_000, 10_400),), Damage(missing=((10_000, 10_400),)))
    coverage = take_stock([first, rest])
    assert coverage.missing == coverage.unresolved == ((2_000, 2_300), (9_500, 10_400))
    assert (coverage.gaps, coverage.cut_at_ms, coverage.promised_ms) == (((9_000, 9_500),), None, None)
    assert coverage.total_ms == 11_000


@pytest.mark.parametrize("promised_ms", [None, 60_000])
def test_a_cut_recording_says_where_it_ends(promised_ms: int | None) -> None:
    last = Window(1, 10_000, 14_000, 0, damage=Damage(cut=True, promised_ms=promised_ms))
    coverage = take_stock([window(TEXT), last])
    assert (coverage.cut_at_ms, coverage.promised_ms) == (14_000, promised_ms)


@pytest.mark.parametrize("start_ms", [9_999, 10_001])
def test_a_gap_or_overlap_is_refused(start_ms: int) -> None:
    with pytest.raises(AisubsError) as caught:
        take_stock([window(TEXT), Window(1, start_ms, 20_000, 0)])
    assert caught.value.code == "incomplete"


spans = st.lists(st.integers(0, 300), min_size=0, max_size=12).map(
    lambda cuts: tuple((100 * a, 100 * b) for a, b in list(pairwise(sorted(set(cuts))))[::2])
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(speech=spans, told=spans, marks=st.sets(st.sampled_from(list(Mark))))
def test_the_accounts_tile_the_window(
    speech: tuple[tuple[int, int], ...], told: tuple[tuple[int, int], ...], marks: set[Mark]
) -> None:
    segments = tuple(Segment(start, end, " Said.", marks=tuple(sorted(marks))) for start, end in told)
    tile = Window(0, 0, 30_000, 0, segments, speech)
    stretches = list(accounts(tile))
    assert stretches[0][0] == 0
    assert stretches[-1][1] == 30_000
    assert all(before[1] == after[0] for before, after in pairwise(stretches))
    assert all(start < end for start, end, _ in stretches)
    heard = sum(end - start for start, end, account in stretches if account is not Account.NO_SPEECH)
    assert heard == sum(end - start for start, end in speech)
    assert take_stock([tile]).total_ms == 30_000
