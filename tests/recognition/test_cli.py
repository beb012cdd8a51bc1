"""`aisubs transcribe talk.wav` as a stranger types it, with no setting at all: the words that were said."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.real_recordings import recording
from tests.recognition.scores import word_error_rate
from tests.speech import read_audio, write_audio
from tests.whole.edition import REPOSITORY

BEGINS = """It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of
foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of light, it was the season
of darkness"""
"""Dickens, A Tale of Two Cities; as far as every edition agrees."""


@pytest.mark.usefixtures("base_model")
def test_a_real_recording_becomes_its_words(tmp_path: Path) -> None:
    write_audio(read_audio(recording("read/two_cities.flac")), tmp_path / "talk.wav")
    done = subprocess.run(
        [sys.executable, "-m", "aisubs", "transcribe", "talk.wav", "--format", "srt,txt"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "toy" not in done.stderr
    assert (tmp_path / "talk.srt").read_text().startswith("1\n00:00:0")
    said, heard = words(BEGINS), words((tmp_path / "talk.txt").read_text())
    assert word_error_rate(" ".join(said), " ".join(heard[: len(said)])) <= 0.05


def words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())
