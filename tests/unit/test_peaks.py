"""How loud it is, every 16 ms: exact on known sound, whole over all tiles, and the same wherever one goes on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from aisubs.media.blocks import BLOCK_SAMPLES, Block, silence
from aisubs.media.front import AudioWindow, FrontState
from aisubs.media.peaks import FRAME_SAMPLES, Peaks, peaks_of
from tests.media_files import dense_speech, speech, windows_of
from tests.speech import Samples, write_audio

RATE = 16_000


def joined(windows: list[AudioWindow]) -> bytes:
    return b"".join(window.peaks for window in windows)


def levels(*loudest: float, length: int = FRAME_SAMPLES) -> Samples:
    """A frame for each, silent but for one sample somewhere in it, now above and now below zero."""
    frames = np.zeros((len(loudest), FRAME_SAMPLES), np.float32)
    for number, peak in enumerate(loudest):
        frames[number, number * 37 % length] = peak * (-1) ** number
    return frames.reshape(-1)[: (len(loudest) - 1) * FRAME_SAMPLES + length]


def test_a_byte_is_the_root_of_the_loudest_sample_of_its_frame() -> None:
    assert list(peaks_of(levels(0, 1, 0.25, 0.01, 0.0001, 1.5))) == [0, 255, 128, 26, 3, 255]
    assert peaks_of(np.zeros(0, np.float32)) == b""


def test_the_last_frame_may_be_short() -> None:
    assert list(peaks_of(levels(0.25, 1, length=1))) == [128, 255]


def test_a_frame_belongs_to_the_tile_in_which_it_begins() -> None:
    samples = np.repeat(np.linspace(0, 1, BLOCK_SAMPLES // FRAME_SAMPLES, dtype=np.float32), FRAME_SAMPLES)
    blocks = [Block(0, samples), Block(BLOCK_SAMPLES, samples), Block(2 * BLOCK_SAMPLES, samples[:1000])]
    whole = peaks_of(np.concatenate([block.samples for block in blocks]))
    borders = [1, FRAME_SAMPLES, 5000, BLOCK_SAMPLES, BLOCK_SAMPLES + 1, blocks[-1].end]
    peaks, taken = Peaks(0), []
    for block in blocks:
        peaks.add(block)
        taken += [peaks.take(border) for border in borders if block.start < border <= block.end]
    assert b"".join(taken) == whole
    assert [len(part) for part in taken[:3]] == [1, 0, 19]
    later = Peaks(5000)  # reading begins again at the block in which the tile begins
    for block in blocks:
        later.add(block)
    assert later.take(blocks[-1].end) == whole[20:]


def test_what_is_only_filled_in_is_silent_and_costs_nothing() -> None:
    length = 9 * 3600 * RATE // BLOCK_SAMPLES * BLOCK_SAMPLES
    peaks = Peaks(300)
    peaks.add(Block(0, silence(length), filled=True))
    assert peaks.take(length) == bytes(length // FRAME_SAMPLES - 2)


def test_the_peaks_of_all_windows_are_those_of_the_recording(tmp_path: Path) -> None:
    """Also over pauses, which are tiles of their own, and with a last frame that is not full."""
    samples = np.concatenate([speech(40), np.zeros(70 * RATE, np.float32), speech(45, 2)[: 41 * RATE + 100]])
    windows = windows_of(write_audio(samples, tmp_path / "talk.wav").read_bytes())
    assert len(windows) >= 3
    heard = np.frombuffer(joined(windows), np.uint8).astype(int)
    # The file holds 16-bit numbers: a step of them is up to 255 times the root of one in 32,768.
    known = np.frombuffer(peaks_of(samples), np.uint8).astype(int)
    assert np.abs(heard**2 - known**2).max() <= 2 * 255 + 2
    assert len(joined(windows)) == -(-len(samples) // FRAME_SAMPLES)


def test_ten_hours_are_two_megabytes() -> None:
    assert 10 * 3600 * RATE / FRAME_SAMPLES == 2_250_000


@pytest.mark.parametrize("suffix", [".mp3", ".flac"])
def test_whoever_goes_on_makes_the_same_peaks(suffix: str, tmp_path: Path) -> None:
    """Where reading begins again lies behind the beginning of a tile, whose noise was heard already."""
    noise = np.random.default_rng(3).normal(0, 0.02, 50 * RATE).astype(np.float32)
    samples = np.concatenate([dense_speech(29), noise, dense_speech(29), noise, speech(20, 3)])
    data = write_audio(samples, tmp_path / f"talk{suffix}").read_bytes()
    windows = windows_of(data)
    behind = [window.resume.low_water - window.resume.tile_start for window in windows]
    assert max(behind) > BLOCK_SAMPLES
    for number, window in enumerate(windows):
        rest = windows_of(data, FrontState.from_json(json.loads(json.dumps(window.resume.to_json()))))
        assert joined(rest) == joined(windows[number + 1 :])
