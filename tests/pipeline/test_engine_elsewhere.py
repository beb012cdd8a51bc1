"""A worker whose sound is heard elsewhere: what stays when that stops, and that nothing is paid twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.audio_endpoint import KEY, MODEL, AudioEndpoint, Behaviour
from tests.speech import long_recording, write_audio
from tests.workshop import Workshop


@pytest.fixture
def endpoint() -> Iterator[AudioEndpoint]:
    with AudioEndpoint() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five windows or so."""
    return write_audio(long_recording(150, seed=21).blocks(), tmp_path_factory.mktemp("elsewhere") / "talk.flac")


def settings_of(endpoint: AudioEndpoint, **more: Any) -> dict[str, Any]:
    chosen = {"model": f"openai:{MODEL}", "hearing_url": endpoint.url, "hearing_key": KEY, "hearing_patience_s": 0.0}
    return chosen | {"batch_size": 1, "hearing_at_once": 1} | more


@pytest.fixture
def workshop(database_url: str, tmp_path: Path, endpoint: AudioEndpoint) -> Iterator[Workshop]:
    with Workshop(database_url, tmp_path, **settings_of(endpoint)) as workshop:
        yield workshop


def test_a_budget_that_is_used_up_keeps_what_is_done_and_goes_on_when_there_is_more(
    workshop: Workshop, endpoint: AudioEndpoint, recording: Path
) -> None:
    job_id = workshop.drop(recording, language="en", force_language=True)
    assert workshop.work(hearing_requests=2) == 0
    row = workshop.row(job_id)
    assert (row["status"], row["error_code"], row["retry_count"]) == ("failed", "engine_budget", 0)
    assert "2 of 2 requests" in row["error_message"]
    kept = [window for window in workshop.windows(job_id) if window.segments]
    assert 1 <= len(kept) <= 2
    assert row["resume_state"]["spent"][1] == len(kept)

    workshop.sql("update aisubs.transcription_jobs set status = 'pending' where job_id = %s", job_id)
    assert workshop.work() == 0
    assert workshop.row(job_id)["status"] == "completed"
    spoken = [window for window in workshop.windows(job_id) if window.segments]
    assert spoken[: len(kept)] == kept
    assert len(endpoint.asked) == 2 + len(spoken) - len(kept), "nothing that was saved was sent again"


def test_a_lost_key_fails_the_job_at_once_and_keeps_what_was_heard(
    workshop: Workshop, endpoint: AudioEndpoint, recording: Path
) -> None:
    job_id = workshop.drop(recording, language="en", force_language=True)
    endpoint.script = [Behaviour(), Behaviour(), Behaviour(401, code="invalid_api_key")]
    assert workshop.work() == 0
    row = workshop.row(job_id)
    assert (row["status"], row["error_code"], row["retry_count"]) == ("failed", "engine_key", 0)
    assert KEY not in row["error_message"]
    assert any(window.segments for window in workshop.windows(job_id))


def test_a_service_that_is_busy_or_breaks_off_is_a_retry(
    workshop: Workshop, endpoint: AudioEndpoint, recording: Path
) -> None:
    job_id = workshop.drop(recording)
    endpoint.script = [Behaviour(429, {"Retry_After": "1"}), Behaviour(), Behaviour(cut=True), Behaviour(raw=b"")]
    for _ in range(4):
        assert workshop.work() == 0
    row = workshop.row(job_id)
    assert (row["status"], row["language"], row["error_code"]) == ("completed", "en", None)
