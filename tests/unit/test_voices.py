"""Prints of voices: what they are made of, how alike two are, and who is suggested to whom."""

from __future__ import annotations

import numpy as np
import pytest

from aisubs.adapters.diarizer.chunked.evidence import Evidence
from aisubs.adapters.diarizer.chunked.grid import FRAMES
from aisubs.adapters.diarizer.chunked.voices import voices_of
from aisubs.model.voices import KnownVoice, VoicePrint, likeness
from aisubs.pipeline.speakers.know_voices import suggestions

EAST, NORTH = (1.0, 0.0), (0.0, 1.0)


def voice(*direction: float, heard_ms: int = 30_000, network: str = "CAM++") -> VoicePrint:
    return VoicePrint(network, np.array(direction, "<f2").tobytes(), heard_ms)


def test_likeness_is_the_cosine_with_the_mean() -> None:
    assert likeness(voice(*EAST), [voice(2.0, 0.0)]) == pytest.approx(1)
    assert likeness(voice(*EAST), [voice(*NORTH)]) == pytest.approx(0)
    assert likeness(voice(*EAST), [voice(*EAST), voice(*NORTH)]) == pytest.approx(0.5**0.5)
    assert likeness(voice(*EAST), [voice(*EAST, heard_ms=10_000), voice(*NORTH, heard_ms=30_000)]) == pytest.approx(
        0.1**0.5
    )
    day_ms = 86_400_000
    assert likeness(voice(*EAST), [voice(*EAST, heard_ms=60_000), voice(*NORTH, heard_ms=day_ms)]) == pytest.approx(
        0.5**0.5
    ), "a day in one room counts for no more than a minute"


def test_only_prints_of_one_network_are_compared() -> None:
    assert likeness(voice(*EAST), []) is None
    assert likeness(voice(*EAST), [voice(*EAST, network="another")]) is None
    assert likeness(voice(*EAST), [voice(*NORTH, network="another"), voice(*EAST)]) == pytest.approx(1)
    assert likeness(voice(0.0, 0.0), [voice(*EAST)]) == 0


def test_a_voice_is_suggested_once_and_the_likest_first() -> None:
    anna, ben = KnownVoice("a", "Anna", voice(*EAST)), KnownVoice("b", "Ben", voice(*NORTH))
    prints = {"1": voice(0.9, 0.3), "2": voice(1.0, 0.1), "3": voice(0.6, 0.8), "4": voice(-1.0, 0.0)}
    found = suggestions(prints, [anna, ben], 0.5)
    assert {speaker: voice_id for speaker, (voice_id, _) in found.items()} == {"2": "a", "3": "b"}
    assert found["3"][1] == pytest.approx(0.8, abs=1e-3)
    assert suggestions(prints, [anna, ben], 0.999) == {}
    assert suggestions(prints, [], 0.5) == {}


def evidence(prints: list[tuple[tuple[float, float], int, int]]) -> Evidence:
    """One chunk; of each print its direction and the frames [start, end) of its only run, all of them alone."""
    runs = np.array([(0, start, end, number) for number, (_, start, end) in enumerate(prints)], np.int32)
    return Evidence(
        np.ones((1, FRAMES), np.uint8),
        runs.reshape(-1, 4),
        np.array([direction for direction, *_ in prints], np.float16).reshape(-1, 2),
        np.array([end - start for _, start, end in prints], np.uint16),
        np.zeros(len(prints), np.uint8),
        np.array([0, len(prints)]),
        np.array([0, len(prints)]),
    )


def test_a_print_is_of_what_one_speaker_says_alone() -> None:
    """350 frames are 5.9 s, halved, for two chunks hear each moment; so 600 are needed for 5 s."""
    long = evidence([(EAST, 0, 300), (NORTH, 300, 350), (EAST, 280, 589)])
    assert voices_of(long, {"1": [(0, 10_000)]}, "n")["1"] == voice(*EAST, heard_ms=5138, network="n")
    assert voices_of(long, {"1": [(0, 4_000)], "2": [(4_000, 10_000)]}, "n") == {}, "each is heard too shortly"
    shared = {"1": [(0, 10_000)], "2": [(0, 10_000)]}
    assert voices_of(long, shared, "n") == {}, "nobody knows whose it is"
    assert voices_of(long, {}, "n") == {}
    assert voices_of(evidence([]), {"1": [(0, 10_000)]}, "n") == {}
