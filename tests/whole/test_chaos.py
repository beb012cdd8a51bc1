"""A few rounds of `make chaos`: what it has to find is tried in full there."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.chaos.rounds import Report, play, undisturbed
from tests.chaos.stage import stage
from tests.speech import long_recording, write_audio

pytestmark = pytest.mark.slow
ROUNDS, SEED = 2, 7


def test_nothing_is_lost_made_twice_or_left_hanging(tmp_path: Path) -> None:
    recording = write_audio(long_recording(75.0, seed=41).blocks(), tmp_path / "talk.m4a").read_bytes()
    report = Report()
    with stage(tmp_path / "stage") as one:
        known = undisturbed(one, recording)
        for number in range(ROUNDS):
            play(one, [known], random.Random(SEED * 100 + number), report, f"round {number}")
    assert report.holds, (report.lost, report.twice, report.stuck)
    assert report.rounds == ROUNDS
    assert report.jobs == report.equal >= ROUNDS
