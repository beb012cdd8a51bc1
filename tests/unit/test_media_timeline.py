"""aisubs.media.timeline: when timestamps move samples, and when they do not."""

from __future__ import annotations

import pytest

from aisubs.media.timeline import Timeline


def test_jitter_moves_nothing() -> None:
    timeline = Timeline(0.0, clock_restarts=False)
    assert [timeline.place(n + (-1) ** n * 0.04, 1.0, None) for n in range(10)] == [0] * 10


def test_slow_drift_is_corrected_once_it_is_real() -> None:
    timeline = Timeline(0.0, clock_restarts=False)
    seams = [timeline.place(n * 1.003, 1.0, (n + 1) * 1.003) for n in range(100)]
    assert max(seams) < 0.06
    assert sum(seams) == pytest.approx(0.3, abs=0.05)


def test_a_gap_and_an_overlap() -> None:
    timeline = Timeline(100.0, clock_restarts=False)
    assert timeline.place(102.0, 1.0, 103.0) == 2.0
    assert timeline.expected_s == 3.0
    assert timeline.place(102.5, 1.0, 103.5) == -0.5
    assert timeline.expected_s == 3.5


def test_a_single_false_timestamp_is_ignored() -> None:
    timeline = Timeline(0.0, clock_restarts=False)
    times = [0.0, 1.0, 33.0, 3.0, -7.0, 5.0, 6.0]
    assert [timeline.place(now, 1.0, after) for now, after in zip(times, [*times[1:], None], strict=True)] == [0] * 7


def test_every_other_packet_lost_is_a_gap_each_time() -> None:
    timeline = Timeline(0.0, clock_restarts=False)
    assert [timeline.place(2.0 * n, 1.0, 2.0 * n + 2) for n in range(5)] == [0, 1, 1, 1, 1]


def test_a_clock_that_restarts_loses_nothing() -> None:
    timeline = Timeline(0.0, clock_restarts=True)
    times = [0.0, 1.0, 5000.0, 5001.0, 0.0, 1.0]
    assert [timeline.place(now, 1.0, after) for now, after in zip(times, [*times[1:], None], strict=True)] == [0] * 6
    assert timeline.expected_s == 6.0


def test_frames_without_timestamps_follow_each_other() -> None:
    timeline = Timeline(0.0, clock_restarts=False)
    assert [timeline.place(None, 0.5, None) for _ in range(4)] == [0] * 4
    assert timeline.expected_s == 2.0
