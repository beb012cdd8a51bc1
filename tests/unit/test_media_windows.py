"""aisubs.media.vad, spans and windows against faster-whisper's own functions, and the tiles against arithmetic."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from unittest import mock

import faster_whisper.vad as upstream
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aisubs.media.spans import CHUNK, Span, SpanMachine
from aisubs.media.state import FrontState
from aisubs.media.vad import SileroVad, VadState, find_vad_model
from aisubs.media.windows import LONG_PAUSE, MAX_QUIET, MAX_SPEECH, Tile, Tiling, to_ms
from tests.media_files import speech
from tests.speech import Samples

OPTIONS = upstream.VadOptions(max_speech_duration_s=30, min_silence_duration_ms=160)


def upstream_probabilities(samples: Samples) -> Samples:
    padded = np.pad(samples, (0, CHUNK - len(samples) % CHUNK))
    return upstream.get_vad_model()(padded).ravel()


@pytest.mark.parametrize("length", [480_001, 480_000, 512 * 900, 512 * 900 + 480, 512 * 900 + 448, 511, 1, 64 * 512])
@pytest.mark.parametrize("block", [1, 7, 64])
def test_probabilities_equal_upstream_to_the_bit(length: int, block: int) -> None:
    samples = speech(35)[:length]
    vad = SileroVad(find_vad_model())
    whole = len(samples) // (CHUNK * block) * CHUNK * block
    pieces = []
    for start in range(0, whole, CHUNK * block):
        pieces.append(vad.probabilities(samples[start : start + CHUNK * block]))
        vad.state = VadState(*(part.copy() for part in (vad.state.h, vad.state.c, vad.state.context)))
    pieces.append(vad.last_probabilities(samples[whole:]))
    assert np.array_equal(np.concatenate(pieces), upstream_probabilities(samples))


LEVELS = st.sampled_from([0.0, 0.34999, 0.35, 0.4, 0.4999, 0.5, 0.9])
RUNS = st.one_of(st.integers(1, 12), st.integers(1, 120), st.integers(800, 1100))
STRETCHES = st.lists(st.tuples(LEVELS, RUNS), min_size=1, max_size=25)


@settings(max_examples=150, deadline=None)
@given(STRETCHES, st.integers(0, CHUNK - 1), st.integers(0, 999))
def test_spans_equal_upstream_for_any_probabilities(stretches, more, seed) -> None:
    chance = random.Random(seed)
    probabilities = np.repeat([level for level, _ in stretches], [length for _, length in stretches]).astype(np.float32)
    total = (len(probabilities) - 1) * CHUNK + more
    with mock.patch.object(upstream, "get_vad_model", return_value=lambda _: probabilities):
        expected = upstream.get_speech_timestamps(np.zeros(total, np.float32), OPTIONS)
    machine, spans = SpanMachine(), []
    for probability in probabilities.tolist():
        if chance.random() < 0.05:
            machine = SpanMachine.from_numbers(json.loads(json.dumps(machine.to_numbers())))
        low = machine.low
        span = machine.step(probability)
        if span is not None:
            assert low <= span[0]
            assert span[1] <= machine.position
            spans.append(span)
    spans += machine.finish(total)
    assert spans == [(span["start"], span["end"]) for span in expected]
    assert all(0 < end - start <= MAX_SPEECH for start, end in spans)


@st.composite
def recordings(draw) -> tuple[list[Span], int]:
    """Spans as the machine may settle them, and the total."""
    gaps = st.one_of(st.integers(0, 30_000), st.integers(0, LONG_PAUSE * 2), st.integers(0, MAX_QUIET * 3))
    spans, position = [], 0
    for _ in range(draw(st.integers(0, 25))):
        start = position + draw(gaps)
        position = start + draw(st.integers(1000, MAX_SPEECH))
        spans.append((start, position))
    return spans, position + draw(st.one_of(st.integers(0, 40), gaps))


def tiles_of(spans: list[Span], total: int, chance: random.Random, steps: int = 3) -> list[Tile]:
    """Feed a Tiling as the listener does, with stops in between where its state is saved and loaded."""
    tiling, tiles = Tiling(), []

    def produce(quiet_until: int) -> None:
        nonlocal tiling
        while (tile := tiling.next(quiet_until)) is not None:
            tiles.append(tile)
            if chance.random() < 0.5:
                tiling = Tiling(tiling.seq, tiling.start, tiling.group, tiling.waiting, tiling.total)

    heard = 0
    for span in spans:
        for _ in range(steps):  # time passes before the span is settled
            heard += (span[0] - heard) // 2
            produce(heard)
        tiling.add(span)
        heard = span[1]
        produce(heard)
    tiling.close(total)
    produce(total)
    assert tiling.is_done
    return tiles


@settings(max_examples=200, deadline=None)
@given(recordings(), st.integers(0, 999))
def test_tiles_cover_everything_once_and_group_like_upstream(recording, seed) -> None:
    spans, total = recording
    tiles = tiles_of(spans, total, random.Random(seed))
    assert [span for tile in tiles for span in tile.spans] == spans
    assert [tile.seq for tile in tiles] == list(range(len(tiles)))
    for before, after in pairwise(tiles):
        assert before.end == after.start
        assert to_ms(before.start) < to_ms(before.end)
    if tiles:
        assert tiles[0].start == 0
        assert to_ms(tiles[-1].end) == to_ms(total)
    else:
        assert to_ms(total) == 0
    for tile in tiles:
        assert all(tile.start <= start < end <= tile.end for start, end in tile.spans)
        assert sum(end - start for start, end in tile.spans) <= MAX_SPEECH
        if tile.spans:
            assert tile.spans[0][0] - tile.start <= LONG_PAUSE
        else:
            assert tile.end - tile.start <= MAX_QUIET
    audio = np.broadcast_to(np.float32(0), total)
    chunks, _ = upstream.collect_chunks(audio, [{"start": start, "end": end} for start, end in spans], max_duration=30)
    lengths = [sum(end - start for start, end in tile.spans) for tile in tiles if tile.spans]
    assert lengths == ([len(chunk) for chunk in chunks] if spans else [])


def test_a_long_silence_at_the_start_is_told_while_it_lasts() -> None:
    tiling = Tiling()
    assert tiling.next(MAX_QUIET - 1) is None
    assert tiling.next(MAX_QUIET) == Tile(0, 0, MAX_QUIET, ())
    assert tiling.next(MAX_QUIET + 5) is None


def test_one_rounding_rule() -> None:
    assert [to_ms(sample) for sample in (0, 7, 8, 23, 24, 16_000, 576_000_000)] == [0, 0, 1, 1, 2, 1000, 36_000_000]


def test_a_state_of_the_worst_case_fits_in_4_kb_and_comes_back_equal() -> None:
    """Ten hours in, a window of the shortest spans there can be: one chunk of speech, 160 ms of silence."""
    spans, position = [], 36_000 * 16_000
    while sum(end - start for start, end in spans) <= MAX_SPEECH - 3072:
        spans.append((position, position + 3072))
        position += 3072
    rng = np.random.default_rng(0)
    numbers = rng.standard_normal(320).astype(np.float32)
    state = FrontState(
        seq=1300,
        tile_start=spans[0][0] - 999_999,
        group=tuple(spans),
        waiting=((position + 999_999, position + 1_400_000),),
        machine=(position + 512, position, position, position, position, position, position - 9999, position),
        heard=position + 2_000_000,
        vad=VadState(numbers[:128], numbers[128:256], numbers[256:]),
        unread=rng.random(64, np.float32),
        total=None,
        closed=False,
    )
    text = json.dumps(state.to_json())
    assert len(text) <= 4096
    assert json.dumps(FrontState.from_json(json.loads(text)).to_json()) == text
    assert FrontState.from_json(json.loads(text)).low_water == spans[0][0]


def test_a_state_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 0"):
        FrontState.from_json({**FrontState.fresh().to_json(), "v": 0})
