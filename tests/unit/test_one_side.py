"""One side of a call: what leaks over is not heard on it, and who is quiet and spoken over is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aisubs.model.channels import Channels
from tests.two_sides import RATE, heard, leaking, two_sides

_PAD_S = 0.45


def inside(spans: list[tuple[float, float]], said: list[tuple[float, float]]) -> float:
    return sum(max(0.0, min(end, until) - max(start, from_)) for start, end in spans for from_, until in said)


def length(spans: list[tuple[float, float]]) -> float:
    return sum(end - start for start, end in spans)


@pytest.mark.parametrize("leak_db", [-np.inf, -40, -20, -12])
def test_each_side_has_its_person_and_nobody_else(leak_db: float, tmp_path: Path) -> None:
    both = two_sides()
    sides = heard(leaking(both.samples, leak_db), tmp_path)
    assert len(sides) == 2
    for side, spans in enumerate(sides):
        own = [(start, end) for start, end, who in both.spoken if who == side]
        wide = [(start - _PAD_S, end + _PAD_S) for start, end in own]
        assert inside(spans, own) > 0.97 * length(own)
        assert length(spans) - inside(spans, wide) < 0.02 * length(spans)


def test_who_is_quiet_and_spoken_over_is_heard(tmp_path: Path) -> None:
    """The right side says again what it said, 15 dB quieter, while the left one speaks."""
    both = two_sides()
    samples, (start_s, end_s, _) = both.samples.copy(), next(said for said in both.spoken if said[2] == 1)
    at = next(start for start, end, who in both.spoken if who == 0 and end - start > 2)
    clip = both.samples[round(start_s * RATE) : round(end_s * RATE), 1]
    clip = clip[: min(len(clip), 2 * RATE)]
    samples[round(at * RATE) : round(at * RATE) + len(clip), 1] += 10 ** (-15 / 20) * clip
    _, right = heard(leaking(samples, -35), tmp_path)
    again = [(at, at + len(clip) / RATE)]
    assert inside(right, again) > 0.8 * length(again)


def test_what_is_on_both_sides_is_told_once(tmp_path: Path) -> None:
    both = two_sides()
    announcement = both.samples[: 8 * RATE].sum(1)
    samples = np.concatenate([np.stack([announcement, announcement], axis=1), both.samples])
    left, right = heard(samples, tmp_path)
    assert inside(left, [(0, 8)]) > 3
    assert inside(right, [(0, 7.5)]) == 0


@pytest.mark.parametrize(("channels", "sides"), [(Channels.MONO, 1), (Channels.AUTO, 1), (Channels.DIALOGUE, 2)])
def test_a_mix_is_parted_only_if_asked_to(channels: Channels, sides: int, tmp_path: Path) -> None:
    assert len(heard(leaking(two_sides().samples, -4), tmp_path, channels)) == sides


def test_one_voice_on_both_sides_is_no_dialogue(tmp_path: Path) -> None:
    mono = np.repeat(two_sides().samples.sum(1, keepdims=True), 2, axis=1)
    assert len(heard(mono, tmp_path, Channels.DIALOGUE)) == 1
    assert len(heard(mono * [1.0, 0.0], tmp_path, Channels.DIALOGUE)) == 1
