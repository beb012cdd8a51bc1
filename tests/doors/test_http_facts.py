"""What anybody may know of a server before having a token: its limits and offers, and what recordings would take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from aisubs.formats import PROFILES
from aisubs.http import Watchers, create_http
from aisubs.model.language import LANGUAGES
from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.http_server import serve
from tests.scripted_engine import ScriptedEngine
from tests.speech import SAMPLE_VIDEO

HOUR_MS = 3_600_000


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path, models="org/whisper-large, /opt/models/small", price_per_hour=3.6) as door:
        yield door


def config(door: Door, *, watchers: Watchers | None = None, **settings: Any) -> dict[str, Any]:
    """Of the same app with other settings."""
    app = replace(door.app, settings=door.app.settings.model_copy(update=settings))
    with serve(create_http(app, watchers=watchers)) as url:
        answer = httpx.get(f"{url}/api/config")
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def test_limits_and_offers_are_told_without_a_token(door: Door) -> None:
    answer = door.http.get("/api/config")
    assert answer.headers["cache-control"] == "public, max-age=60"
    told = answer.json()
    assert told["limits"] == {
        "max_upload_bytes": 10 * 1024**3,
        "max_duration_ms": 24 * HOUR_MS,
        "queue_capacity": 3,
        "uploads_per_owner": 10,
        "concurrency": 3,
    }
    assert (told["edition"], told["retention_hours"], told["cancel_running"]) == ("cloud", 168, False)
    assert (told["model"], told["models"]) == ("toy", ["toy", "whisper-large", "small"])
    assert (told["translate"], told["diarize"], told["media"], told["currency"]) == (False, False, True, "USD")
    assert told["diarize_usual"] is False
    assert set(told["languages"]) == set(LANGUAGES)
    assert set(told["profiles"]) == set(PROFILES)
    assert "/opt" not in answer.text


def test_who_should_say_that_bytes_are_being_sent(door: Door) -> None:
    """Whoever sends them past this server, and often enough to be heard before the lease is over."""
    assert config(door)["upload"] == {"alive_every_s": None}
    past_us = replace(door.app, sessions=None)
    with serve(create_http(past_us)) as url:
        told = httpx.get(f"{url}/api/config").json()["upload"]
    assert 0 < told["alive_every_s"] <= past_us.settings.upload_lease_s / 3


def test_who_can_translate_is_told_by_name(door: Door) -> None:
    can = {model: config(door, model=model)["translate"] for model in ("large-v3", "large-v3-turbo", "small.en")}
    assert can == {"large-v3": True, "large-v3-turbo": False, "small.en": False}


def test_live_updates_come_from_whoever_has_them(door: Door) -> None:
    cloud = {"supabase_url": "https://ref.supabase.co/", "supabase_publishable_key": "sb_publishable_x"}
    assert config(door)["live"] == {"kind": "none"}
    assert config(door, **cloud)["live"] == {"kind": "none"}  # the jobs are in a database of our own
    told = config(door, **cloud, database_url=None)["live"]
    assert told == {"kind": "supabase", "url": "https://ref.supabase.co", "key": "sb_publishable_x"}
    assert config(door, supabase_url="https://ref.supabase.co", database_url=None)["live"] == {"kind": "none"}
    assert config(door, watchers=Watchers(), **cloud)["live"] == {"kind": "websocket"}


def test_no_secret_is_told(door: Door) -> None:
    key = "sb_secret_hunter2"
    with serve(create_http(door.app)) as url:
        assert key not in httpx.get(f"{url}/api/config").text
    told = config(door, supabase_service_key=key, supabase_url="https://ref.supabase.co", database_url=None)
    assert key not in str(told)


# ── estimates ────────────────────────────────────────────────────────────────────────────────────────────────────────


def estimate(door: Door, *durations_ms: int, **said: Any) -> dict[str, Any]:
    answer = door.http.post("/api/estimate", json={"durations_ms": list(durations_ms)} | said)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def measured(door: Door, model: str) -> None:
    """As if jobs with this model had run at a tenth of real time."""
    door.workshop.sql("select aisubs_core.learn(%s, 1000, 60000, 60000, 6000)", model)


def test_where_nothing_was_measured_nothing_is_promised(door: Door) -> None:
    told = estimate(door, 1000, HOUR_MS)
    none = {"processing_s": None, "cost": None}
    assert told == {"files": [none] * 2, "wait_s": 0, "beside_s": None, "currency": "USD"}


def test_estimates_are_the_measure_of_the_jobs_themselves(door: Door) -> None:
    measured(door, "toy")
    job = door.get(door.upload(recording(2.0))).json()
    [alone, hour] = estimate(door, job["duration_ms"], HOUR_MS)["files"]
    assert alone["processing_s"] == pytest.approx(job["eta_s"]) == pytest.approx(0.2)
    assert hour["processing_s"] == pytest.approx(360)
    assert hour["cost"] == pytest.approx(0.36)  # at 3.6 an hour


def test_telling_speakers_apart_takes_its_time(door: Door) -> None:
    measured(door, "toy")
    for said, told_s in (({}, 360), ({"diarize": False}, 360), ({"diarize": True}, 540)):
        [hour] = estimate(door, HOUR_MS, **said)["files"]
        assert hour["processing_s"] == pytest.approx(told_s)
        assert hour["cost"] == pytest.approx(told_s / 1000)
    usual = replace(door.app, settings=door.app.settings.model_copy(update={"diarize": True}))
    with serve(create_http(usual)) as url:
        told = httpx.post(f"{url}/api/estimate", json={"durations_ms": [HOUR_MS]}).json()
    assert told["files"][0]["processing_s"] == pytest.approx(540)


def test_the_wait_is_that_of_a_job_at_the_end_of_the_line(door: Door) -> None:
    measured(door, "toy")
    for _ in range(2):
        last = door.upload(recording(2.0))
    door.app.jobs.begin_dispatch(1, 900.0)
    one = replace(door.app, settings=door.app.settings.model_copy(update={"concurrency": 1}))
    with serve(create_http(one)) as url:
        told = httpx.post(f"{url}/api/estimate", json={"durations_ms": [2000]}).json()
    assert told["wait_s"] == pytest.approx(door.get(last).json()["eta_s"]) == pytest.approx(0.4)
    assert estimate(door, 2000)["wait_s"] == 0  # with three slots it would start at once
    door.workshop.sql("update aisubs.transcription_jobs set duration_ms = null, file_size_bytes = null")
    door.workshop.sql("delete from aisubs.job_duration_stats")
    with serve(create_http(one)) as url:
        assert httpx.post(f"{url}/api/estimate", json={"durations_ms": [2000]}).json()["wait_s"] is None


def test_on_one_machine_it_is_told_what_runs_meanwhile_and_in_the_cloud_each_has_its_own(door: Door) -> None:
    measured(door, "toy")
    for _ in range(3):
        door.upload(recording(2.0))
    door.app.jobs.begin_dispatch(1, 900.0)
    assert estimate(door, 2000)["beside_s"] is None
    for slots in (3, 1):
        settings = door.app.settings.model_copy(update={"concurrency": slots})
        with serve(create_http(replace(door.app, settings=settings, edition="local"))) as url:
            told = httpx.post(f"{url}/api/estimate", json={"durations_ms": [2000]}).json()
        assert told["beside_s"] == pytest.approx([0.2] * (slots - 1)), "as many as there are other slots"


def test_each_model_has_a_pace_of_its_own(door: Door) -> None:
    measured(door, "whisper-large")
    assert estimate(door, HOUR_MS)["files"] == [{"processing_s": None, "cost": None}]
    for name in ("whisper-large", "org/whisper-large"):
        assert estimate(door, HOUR_MS, model=name)["files"][0]["processing_s"] == pytest.approx(360)
    measured(door, "small")  # used last, but not by this job
    door.workshop.sql("update aisubs.job_duration_stats set wall_ms_per_audio_ms = 9 where model = 'small'")
    job = door.get(door.upload(recording(2.0), model="whisper-large")).json()
    assert job["eta_s"] == pytest.approx(0.2)


def test_without_a_price_there_are_no_costs(database_url: str, tmp_path: Path) -> None:
    with open_door(database_url, tmp_path) as door:
        measured(door, "toy")
        told = estimate(door, HOUR_MS)
        assert (told["files"][0]["cost"], told["currency"]) == (None, None)
        assert told["files"][0]["processing_s"] > 0
        assert door.http.get("/api/config").json()["currency"] is None


NO_ESTIMATES: list[dict[str, Any]] = [
    {},
    {"durations_ms": []},
    {"durations_ms": [1] * 101},
    {"durations_ms": [-1]},
    {"durations_ms": [10**15]},
    {"durations_ms": ["long"]},
    {"durations_ms": [1], "model": "/etc"},
    {"durations_ms": [1], "price": 0},
]


@pytest.mark.parametrize("said", NO_ESTIMATES, ids=str)
def test_questions_that_make_no_sense(door: Door, said: dict[str, Any]) -> None:
    assert fault_of(door.http.post("/api/estimate", json=said)) == (422, "bad_request")


# ── a model of one's choice ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_model_is_chosen_by_the_name_that_people_are_shown(door: Door) -> None:
    jobs = {said: door.upload(recording(), model=said) for said in ("toy", "whisper-large", "/opt/models/small")}
    options = {said: door.get(job_id).json()["options"] for said, job_id in jobs.items()}
    assert options == {
        "toy": {},
        "whisper-large": {"model": "org/whisper-large"},
        "/opt/models/small": {"model": "/opt/models/small"},
    }
    body = {"filename": "a.mp4", "file_size_bytes": 5, "model": "large-v3"}
    refused = door.http.post("/api/jobs/submit", json=body)
    assert fault_of(refused) == (422, "bad_request")
    assert "toy, whisper-large, small" in refused.json()["error"]["message"]


def test_the_worker_loads_what_was_chosen_and_each_result_is_of_its_model(door: Door) -> None:
    data, asked = SAMPLE_VIDEO.read_bytes(), []

    def load(model: str | None) -> ScriptedEngine:
        asked.append(model)
        return ScriptedEngine(model=model or "toy")

    door.http.headers["Authorization"] = "Bearer lib_" + "a" * 26  # results are shared within one library
    plain, chosen = door.upload(data), door.upload(data, model="whisper-large")
    door.workshop.work(load=load)
    assert asked == [None, "org/whisper-large"]
    for job_id, model in ((plain, "toy"), (chosen, "whisper-large")):
        result = door.workshop.reads(job_id).get_result(job_id)
        assert result is not None
        assert (result["model"], door.get(job_id).json()["cached"]) == (model, False)
    again = door.upload(data, model="whisper-large")
    door.workshop.work(load=load)
    assert (door.get(again).json()["cached"], asked) == (True, [None, "org/whisper-large"])


def test_another_models_result_is_not_offered_before_the_upload(door: Door) -> None:
    said = {"filename": "a.wav", "file_size_bytes": 64_044, "video_hash": "5" * 64}
    done = door.upload(recording(2.0), video_hash="5" * 64, model="whisper-large")
    door.workshop.work(ScriptedEngine(model="org/whisper-large"))
    assert door.status(done) == "completed"

    def cached(**more: str) -> bool:
        answer = door.http.post("/api/jobs/submit", json=said | more, headers=door.auth(done)).json()
        door.tokens[answer["job_id"]] = answer["access_token"]
        door.delete(answer["job_id"])
        return bool(answer["cached"])

    assert cached(model="whisper-large")
    assert not cached()
    assert not cached(model="small")
