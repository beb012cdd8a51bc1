"""The whole way, from a file to rows, says what faster-whisper's batched pipeline says of the same file."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import pytest
from faster_whisper import BatchedInferencePipeline, WhisperModel

from aisubs.model.transcript import Mark
from tests.speech import long_recording, write_audio
from tests.toy_model import TOY
from tests.workshop import Workshop


@pytest.mark.parametrize("suffix", [".mp3", ".m4a", ".flac", ".webm", ".mp4", ".wav"])
def test_rows_hold_what_upstream_says(workshop: Workshop, tmp_path: Path, suffix: str) -> None:
    path = write_audio(long_recording(100, seed=21).samples(), tmp_path / f"recording{suffix}")
    job_id = workshop.drop(path)
    assert workshop.work() == 0
    ours = [window for window in workshop.windows(job_id) if window.speech_ms]

    whisper = WhisperModel(str(TOY), device="cpu", compute_type="int8", cpu_threads=1)
    told, _ = BatchedInferencePipeline(whisper).transcribe(str(path), language="en", batch_size=4)
    theirs = ["".join(segment.text for segment in window) for _, window in groupby(told, key=lambda one: one.seek)]

    assert len(ours) == len(theirs) >= 3
    first_answers = 0
    for window, text in zip(ours, theirs, strict=True):
        if any(Mark.REDECODED in segment.marks for segment in window.segments):
            continue  # upstream has no second look
        first_answers += 1
        assert "".join(segment.text for segment in window.segments) == text
    assert first_answers >= 1
