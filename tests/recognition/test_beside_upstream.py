"""Whole jobs beside faster-whisper's two ways, with the same weights: no more wrong words than the better of them.

The short form of `make bench-speech`, on what can be cut from the demo's sample.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from faster_whisper import BatchedInferencePipeline, WhisperModel

from tests.bench.speech import POINTS
from tests.bench.speech_sets import Spoken, laid_out, sample_clips, sample_recording
from tests.recognition.conftest import Listener
from tests.recognition.scores import Errors, word_errors


@pytest.fixture(scope="module")
def upstream(base_model: Path) -> list[Callable[..., Any]]:
    """In batches, and one window after the other."""
    whisper = WhisperModel(str(base_model), device="cpu", compute_type="int8", cpu_threads=1)
    return [BatchedInferencePipeline(whisper).transcribe, whisper.transcribe]


def better_of(ways: list[Callable[..., Any]], spoken: Spoken) -> Errors:
    # Not at the temperatures above 0: there upstream draws lots, six times over.
    answers = [way(str(spoken.path), temperature=0.0)[0] for way in ways]
    heard = [" ".join(segment.text.strip() for segment in segments) for segments in answers]
    return min((word_errors([spoken.said], [text]) for text in heard), key=lambda errors: errors.rate)


def test_two_languages(base: Listener, upstream: list[Callable[..., Any]]) -> None:
    """Upstream writes all of it in one language; so ours is below both."""
    spoken = sample_recording()
    ours = word_errors([spoken.said], [base.hear(spoken.path).text])
    assert ours.rate < better_of(upstream, spoken).rate


def test_a_line_said_nine_times(base: Listener, upstream: list[Callable[..., Any]], tmp_path: Path) -> None:
    line = next(clip for clip in sample_clips() if clip.language == "en")
    spoken = laid_out([line] * 9, [0.2] * 9, tmp_path / "nine.flac")
    ours = word_errors([spoken.said], [base.hear(spoken.path).text])
    assert ours.rate <= better_of(upstream, spoken).rate + POINTS
    assert ours.lost == 0


def test_pauses(base: Listener, upstream: list[Callable[..., Any]], tmp_path: Path) -> None:
    lines = [clip for clip in sample_clips() if clip.language == "en"][:4]
    spoken = laid_out(lines, [0.3, 3.0, 1.0, 10.0], tmp_path / "pauses.flac")
    ours = word_errors([spoken.said], [base.hear(spoken.path).text])
    assert ours.rate <= better_of(upstream, spoken).rate + POINTS
