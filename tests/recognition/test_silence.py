"""Where nothing is said, nothing is written: no word is invented by real weights. Quiet speech is speech, too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aisubs.cli.demo_sample import VIDEO, compare, sample_lines
from tests.recognition.conftest import Heard, Listener
from tests.recognition.sounds import SOUNDS, sound
from tests.speech import SAMPLE_RATE_HZ, read_audio, write_audio

SECONDS = 12
PROMPT = {"initial_prompt": "Interview with Dr. Vávra about OpenTofu.", "hotwords": "OpenTofu, Vávra, Terraform"}
DOUBTS = {"loop", "doubtful", "no_speech"}


def unmarked(heard: Heard) -> list[str]:
    return [one["text"] for one in heard.transcript["segments"] if not DOUBTS.intersection(one["marks"])]


@pytest.fixture(scope="module")
def all_sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few minutes of them in a row, with silence between."""
    silence = np.zeros(2 * SAMPLE_RATE_HZ, np.float32)
    parts = [part for name in SOUNDS for part in (sound(name, SECONDS), silence)]
    return write_audio(np.concatenate(parts), tmp_path_factory.mktemp("sounds") / "sounds.flac")


@pytest.mark.parametrize("options", [{}, PROMPT], ids=["plain", "prompt and hotwords"])
@pytest.mark.parametrize("model", ["base", "tiny_en"])
def test_no_word_is_invented_without_a_mark(
    model: str, options: dict[str, str], all_sounds: Path, request: pytest.FixtureRequest
) -> None:
    listener: Listener = request.getfixturevalue(model)
    assert unmarked(listener.hear(all_sounds, **options)) == []


@pytest.mark.parametrize("name", ["silence", "white noise", "a tone"])
def test_nothing_is_written_where_nothing_is_said(base: Listener, name: str, tmp_path: Path) -> None:
    heard = base.hear(write_audio(sound(name, SECONDS), tmp_path / "quiet.flac"))
    assert heard.transcript["segments"] == []
    assert heard.text == "[No speech was found in this recording.]\n"
    assert heard.transcript["coverage"]["no_speech_ms"] == heard.transcript["duration_ms"] == 1000 * SECONDS


def test_quiet_speech_is_written_and_believed(base: Listener, tmp_path: Path) -> None:
    """The demo's sample at a hundredth of its loudness, over faint noise."""
    dice = np.random.default_rng(3)
    samples = 0.01 * read_audio(VIDEO)
    samples += (1e-5 * dice.standard_normal(len(samples))).astype(np.float32)
    heard = base.hear(write_audio(samples, tmp_path / "quiet.flac"))
    assert compare(heard.text).rate <= 0.1
    assert len(" ".join(unmarked(heard)).split()) >= 0.9 * sum(len(line.text.split()) for line in sample_lines())
