"""What the voice detector keeps of telephone sound: a lone voice whole, and no noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aisubs.cli.demo_sample import VIDEO
from aisubs.media.front import AudioWindow, Limits, read_windows
from aisubs.media.telephone import for_detector
from aisubs.media.windows import to_ms
from tests.media_files import BytesReader
from tests.real_recordings import recording
from tests.recognition.sounds import SOUNDS, over_telephone, sound
from tests.speech import read_audio, write_audio
from tests.two_sides import RATE, two_sides

Spans = list[tuple[int, int]]


def windows(path: Path) -> list[AudioWindow]:
    return list(read_windows(BytesReader(path.read_bytes()), limits=Limits()))


def heard(path: Path) -> Spans:
    return [span for window in windows(path) if window.piece for span in window.piece.spans]


def kept(spans: Spans, spoken: list[tuple[float, float]]) -> float:
    """Share of what is spoken (seconds) that lies in the spans (samples)."""
    pairs = ((start / RATE, end / RATE, *said) for start, end in spans for said in spoken)
    inside = sum(max(0.0, min(end_s, until_s) - max(start_s, from_s)) for start_s, end_s, from_s, until_s in pairs)
    return inside / sum(until_s - from_s for from_s, until_s in spoken)


@pytest.mark.parametrize("side", [0, 1])
def test_a_lone_voice_on_the_telephone_is_kept(side: int, tmp_path: Path) -> None:
    both = two_sides()
    lone = over_telephone(both.samples[:, side])
    spoken = [(start_s, end_s) for start_s, end_s, who in both.spoken if who == side]
    assert kept(heard(write_audio(lone, tmp_path / "lone.wav")), spoken) > 0.96


@pytest.mark.slow
def test_nothing_is_heard_in_noises_on_the_telephone(tmp_path: Path) -> None:
    for name in SOUNDS:
        noise = over_telephone(sound(name, 30.0))
        spans = heard(write_audio(noise, tmp_path / "noise.wav"))
        assert sum(to_ms(end - start) for start, end in spans) < 1_500, name


def test_other_sound_is_heard_as_it_is() -> None:
    samples = read_audio(VIDEO)
    for start in range(0, len(samples), 2 * RATE):
        block = samples[start : start + 2 * RATE]
        assert for_detector(block) is block
    nothing = np.zeros(0, np.float32)
    assert for_detector(nothing) is nothing
    still = np.zeros(RATE, np.float32)
    assert for_detector(still) is still


@pytest.mark.parametrize("name", ["read/austen_0870", "meetings/ami_dev00", "read/libri_1688-142285-0000"])
def test_real_sound_that_is_no_telephone_is_heard_as_it_is(name: str) -> None:
    samples = read_audio(recording(f"{name}.flac"))
    blocks = [samples[start : start + 2 * RATE] for start in range(0, len(samples) - 2 * RATE, 2 * RATE)]
    assert all(for_detector(block) is block for block in blocks)


def test_it_goes_on_at_any_window(tmp_path: Path) -> None:
    path = write_audio(np.tile(over_telephone(two_sides().samples[:, 0]), 3), tmp_path / "lone.wav")
    whole = windows(path)
    assert len(whole) > 2
    for index, window in enumerate(whole[:-1]):
        rest = list(read_windows(BytesReader(path.read_bytes()), limits=Limits(), resume=window.resume))
        assert [(one.start_ms, one.end_ms, one.resume.to_json()) for one in rest] == [
            (one.start_ms, one.end_ms, one.resume.to_json()) for one in whole[index + 1 :]
        ]
