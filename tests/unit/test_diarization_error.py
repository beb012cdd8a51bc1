"""The bench's own scorer against pyannote.metrics 4.1 (DiarizationErrorRate, whose `collar` is that of both sides)."""

from __future__ import annotations

import pytest

from tests.bench.diarization_error import Spoken, diarization_error

TALK: list[Spoken] = [(0, 5, "a"), (5, 9, "b"), (8, 12, "a")]
THREE: list[Spoken] = [(0, 4, "a"), (6, 9, "b"), (10, 14, "c")]
LATE: list[Spoken] = [(0, 5.5, 1), (5.5, 9, 2), (9, 12, 1)]
LOUD: list[Spoken] = [(0, 4.3, 3), (5.2, 9, 3), (9.5, 14.2, 1), (11, 12, 2)]


@pytest.mark.parametrize(
    ("reference", "found", "collar_s", "speech", "missed", "invented", "confused"),
    [
        (TALK, LATE, 0.0, 13.0, 1.0, 0.0, 0.5),
        (TALK, LATE, 0.25, 10.5, 0.5, 0.0, 0.25),
        (TALK, [(0, 12, 1)], 0.0, 13.0, 1.0, 0.0, 3.0),
        (TALK, [(0, 12, 1)], 0.25, 10.5, 0.5, 0.0, 2.5),
        (THREE, LOUD, 0.0, 11.0, 0.0, 2.8, 3.0),
        (THREE, LOUD, 0.25, 9.5, 0.0, 1.85, 2.5),
    ],
)
def test_errors_are_those_of_pyannote(
    reference: list[Spoken],
    found: list[Spoken],
    collar_s: float,
    speech: float,
    missed: float,
    invented: float,
    confused: float,
) -> None:
    error = diarization_error(reference, found, collar_s)
    told = (error.speech, error.missed, error.invented, error.confused)
    assert told == pytest.approx((speech, missed, invented, confused))
    assert error.rate == pytest.approx((missed + invented + confused) / speech)


def test_nothing_said_and_nothing_found_is_no_error() -> None:
    assert diarization_error([], []).rate == 0
    assert diarization_error(TALK, []).rate == 1
    assert diarization_error(TALK, TALK).rate == 0
