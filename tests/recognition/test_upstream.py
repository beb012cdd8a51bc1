"""The whole way, from a file to rows, says with real weights what faster-whisper says of it in batches."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from faster_whisper import BatchedInferencePipeline, WhisperModel

from aisubs.adapters.engine.faster_whisper.decoding import Pass
from aisubs.cli.demo_sample import VIDEO, sample_lines
from aisubs.model.transcript import Mark
from tests.recognition.conftest import Listener
from tests.speech import SAMPLE_RATE_HZ, read_audio, write_audio


@dataclass(frozen=True)
class Choice:
    """What is asked of which model, of the lines of the sample in one language."""

    model: str
    language: str = "en"
    options: dict[str, Any] = field(default_factory=dict)


CHOICES = {
    "default": Choice("tiny.en"),
    "prompt": Choice("tiny.en", options={"initial_prompt": "A ferryman and his river."}),
    "hotwords": Choice("tiny.en", options={"hotwords": "ferryman breakfast"}),
    "both": Choice("tiny.en", options={"initial_prompt": "A ferryman.", "hotwords": "breakfast"}),
    "spanish": Choice("base", "es"),
    "translate": Choice("base", "es", {"task": "translate"}),
}


def cut_out(language: str, path: Path) -> Path:
    """The first lines of the sample that are in this language, as a recording of their own."""
    lines = sample_lines()
    first = next(index for index, line in enumerate(lines) if line.language == language)
    last = next((i for i, line in enumerate(lines) if i > first and line.language != language), len(lines)) - 1
    start, end = (ms * SAMPLE_RATE_HZ // 1000 for ms in (max(0, lines[first].start_ms - 300), lines[last].end_ms + 300))
    return write_audio(read_audio(VIDEO)[start:end], path)


@pytest.mark.parametrize("choice", CHOICES)
def test_rows_hold_what_upstream_says(choice: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    asked = CHOICES[choice]
    listener: Listener = request.getfixturevalue(asked.model.replace(".", "_"))
    folder: Path = request.getfixturevalue(f"{asked.model.replace('.', '_')}_model")
    path = cut_out(asked.language, tmp_path / "lines.flac")
    heard = listener.hear(path, language=asked.language, force_language=True, **asked.options)
    ours = [window for window in heard.windows if window.speech_ms]

    whisper = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
    told, _ = BatchedInferencePipeline(whisper).transcribe(
        str(path), batch_size=4, language=asked.language, without_timestamps=not Pass().timestamps, **asked.options
    )
    theirs = ["".join(segment.text for segment in window) for _, window in groupby(told, key=lambda one: one.seek)]

    assert len(ours) == len(theirs) == 1
    assert not any(Mark.REDECODED in segment.marks for segment in ours[0].segments), "upstream has no second look"
    # Upstream leaves out what follows the last timestamp of a window.
    assert "".join(segment.text for segment in ours[0].segments).startswith(theirs[0])
