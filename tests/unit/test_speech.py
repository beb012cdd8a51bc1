"""The recordings that other tests are made of are what they claim to be."""

import av
import numpy as np
import pytest

from tests.speech import ENCODINGS, SAMPLE_RATE_HZ, long_recording, read_audio, write_audio


def test_same_arguments_give_the_same_samples():
    first, again, other = (long_recording(40, seed, noise=0.001) for seed in (5, 5, 6))
    assert np.array_equal(first.samples(), again.samples())
    assert first.words == again.words != other.words


def test_blocks_hold_every_sentence_whole():
    recording = long_recording(95, seed=1)
    samples = recording.samples()
    assert len(samples) == 95 * SAMPLE_RATE_HZ
    for placed in recording.placed:
        assert np.array_equal(samples[placed.start : placed.end], placed.clip.samples)
    spoken = sum(len(placed.clip.samples) for placed in recording.placed)
    assert np.count_nonzero(samples) <= spoken


@pytest.mark.parametrize("suffix", ENCODINGS)
def test_files_decode_to_what_was_written(tmp_path, suffix):
    recording = long_recording(25, seed=2)
    decoded = read_audio(write_audio(recording.blocks(), tmp_path / f"speech{suffix}"))
    samples = recording.samples()
    assert abs(len(decoded) - len(samples)) <= 0.05 * SAMPLE_RATE_HZ
    shared = min(len(decoded), len(samples))
    assert np.corrcoef(decoded[:shared], samples[:shared])[0, 1] > 0.9


@pytest.mark.parametrize("layout", ["stereo", "5.1"])
def test_layouts_and_start_times(tmp_path, layout):
    path = write_audio(long_recording(5, seed=3).samples(), tmp_path / "late.mkv", layout=layout, start_s=2.0)
    with av.open(str(path)) as container:
        frame = next(container.decode(audio=0))
        assert frame.layout.name.startswith(layout)
        assert frame.time == pytest.approx(2.0, abs=0.05)
