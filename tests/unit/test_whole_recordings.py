"""What a job that came to nothing is answered with, where somebody waits for its text."""

from __future__ import annotations

import json

import pytest

from aisubs.http.openai_answers import refusal
from aisubs.http.whole_recordings import failure_of
from aisubs.model.job import Job, Status

LIMIT = "This recording is longer than the limit of 8 h."


@pytest.mark.parametrize(
    ("status", "code", "sentence", "told"),
    [
        (Status.FAILED, "too_long", LIMIT, ("too_long", LIMIT)),
        (Status.FAILED, None, None, ("internal", None)),
        (Status.CANCELLED, None, None, ("upload_cancelled", "The upload was cancelled.")),
    ],
)
def test_a_failure_is_told_in_the_words_of_its_job(
    status: Status, code: str | None, sentence: str | None, told: tuple[str, str | None]
) -> None:
    """They were filled with what is missing here: a limit, a model."""
    fault = failure_of(Job.model_construct(job_id="0", status=status, error_code=code, error_message=sentence))
    assert fault.code == told[0]
    assert told[1] in (None, fault.sentence)
    assert json.loads(bytes(refusal(fault).body))["error"]["message"] == fault.sentence
