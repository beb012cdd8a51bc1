"""Features, rows and the grid of time that the diarizer stands on."""

from __future__ import annotations

import numpy as np
import pytest

from aisubs.adapters.diarizer.chunked.chunks import chunks_of, start_sample
from aisubs.adapters.diarizer.chunked.grid import (
    CHUNK_SAMPLES,
    FRAMES,
    HOP_SAMPLES,
    TRUST,
    frames_of,
    span_ms,
    spans_of,
)
from aisubs.adapters.diarizer.chunked.heard import Heard, RowFormat, read_row, write_row
from aisubs.adapters.diarizer.onnx.features import BINS, fbank, grid_frames
from aisubs.model.errors import AisubsError

ROWS = RowFormat(1, 192)


def heard(prints: int, runs: list[tuple[int, int, int, int]]) -> Heard:
    generator = np.random.default_rng(prints)
    return Heard(
        np.repeat([0, 1, 4, 0, 2], [100, 200, 9, 1, FRAMES - 310]).astype(np.uint8),
        np.array(runs, np.int16).reshape(-1, 4),
        generator.standard_normal((prints, 192)).astype(np.float16),
        generator.integers(0, 589, prints).astype(np.uint16),
        generator.integers(0, 3, prints).astype(np.uint8),
    )


@pytest.mark.parametrize(("prints", "runs"), [(0, []), (1, [(0, 100, 309, 0)]), (3, [(0, 1, 2, 2), (2, 500, 589, -1)])])
def test_a_row_is_read_as_it_was_written(prints: int, runs: list[tuple[int, int, int, int]]) -> None:
    kept = heard(prints, runs)
    data = write_row(kept, ROWS)
    assert len(data) < 60 + 400 * prints
    read = read_row(data, ROWS)
    for name in ("classes", "runs", "prints", "alone", "voices"):
        assert np.array_equal(getattr(read, name), getattr(kept, name)), name
    assert write_row(read, ROWS) == data


@pytest.mark.parametrize("damage", [b"", b"\x02", "format", "shorter", "longer", "points nowhere"])
def test_a_damaged_row_is_told(damage: bytes | str) -> None:
    data = write_row(heard(2, [(0, 1, 2, 5 if damage == "points nowhere" else 1)]), ROWS)
    damaged = {"format": b"\x07" + data[1:], "shorter": data[:-2], "longer": data + b"0"}.get(str(damage), data)
    with pytest.raises(AisubsError) as caught:
        read_row(damage if isinstance(damage, bytes) else damaged, ROWS)
    assert caught.value.code == "diarizer_failed"


def test_features_are_kaldis() -> None:
    """A tone of 1 kHz: 80 bins from 20 to 8000 Hz, the loudest the one whose triangle has its peak at 1 kHz. What no
    sound is, is Kaldi's floor."""
    tone = np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000).astype(np.float32)
    features = fbank(tone)
    assert features.shape == (98, BINS)
    assert features.dtype == np.float32
    mel = 1127 * np.log(1 + np.array([20, 1000, 8000]) / 700)
    assert abs(features.mean(0).argmax() + 1 - 81 * (mel[1] - mel[0]) / (mel[2] - mel[0])) < 1
    assert fbank(np.zeros(800, np.float32)) == pytest.approx(np.log(np.finfo(np.float32).eps))
    assert len(fbank(tone[:399])) == 0
    assert len(fbank(tone[:400])) == 1


def test_features_lie_on_the_grid_of_the_segmentation() -> None:
    frames = grid_frames()
    assert len(frames) == len(fbank(np.zeros(CHUNK_SAMPLES, np.float32)))
    assert (frames[0], frames[-1]) == (0, FRAMES - 1)
    assert set(np.diff(frames)) <= {0, 1}


@pytest.mark.parametrize("length", [1, 80_080, CHUNK_SAMPLES, CHUNK_SAMPLES + 1, 2 * CHUNK_SAMPLES, 500_000])
def test_chunks_cover_a_recording_and_the_last_is_the_first_to_hear_its_end(length: int) -> None:
    samples = np.arange(1, length + 1, dtype=np.float32)
    chunks = list(chunks_of([samples]))
    for chunk in chunks:
        begins = start_sample(chunk.seq)
        expected = samples[begins : begins + CHUNK_SAMPLES]
        assert np.array_equal(chunk.samples[: len(expected)], expected)
        assert not chunk.samples[len(expected) :].any()
    assert [start_sample(chunk.seq) + CHUNK_SAMPLES >= length for chunk in chunks] == [False] * (len(chunks) - 1) + [
        True
    ]
    assert chunks[-1].end_ms == -(-length // 16)


def test_chunks_of_two_channels_have_two_channels() -> None:
    blocks = [np.ones((100_000, 2), np.float32)] * 2
    assert [chunk.samples.shape for chunk in chunks_of(blocks)] == [(CHUNK_SAMPLES, 2)] * 2


def test_the_grid() -> None:
    assert HOP_SAMPLES == 79_920
    assert (frames_of(0), frames_of(1), frames_of(2)) == (0, 589, 885)
    assert TRUST.shape == (FRAMES,)
    assert span_ms(0, 1, 10_000) == (22, 39)
    assert span_ms(0, 2_000, 10_000) == (22, 10_000)
    assert spans_of(np.array([1, 1, 0, 1, 0, 0, 1], bool)) == [(0, 2), (3, 4), (6, 7)]
    assert spans_of(np.array([1, 1, 0, 1, 0, 0, 1], bool), 2) == [(0, 4), (6, 7)]
    assert spans_of(np.zeros(3, bool)) == []
