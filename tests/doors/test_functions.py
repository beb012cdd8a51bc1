"""The cloud's doors, opened by the real functions-framework over a real Postgres and a local store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import functions_framework
import pytest
from flask.testing import FlaskClient

from aisubs.adapters.store.local import LocalStore
from aisubs.pipeline.jobs import Jobs
from tests.doubles.google_identity import PROJECT, GoogleIdentity

ROOT = Path(__file__).parents[2]
EVENT = json.loads((ROOT / "tests/events/object_finalized.json").read_text())
SAMPLE = (ROOT / "tests/toy_model/samples/sample.mp4").read_bytes()

CALLER = f"caller@{PROJECT}.iam.gserviceaccount.com"
AUDIENCE = "https://functions.example"

Deliver = Callable[..., int]
Door = Callable[[str], FlaskClient]


@pytest.fixture(scope="module")
def identity() -> Iterator[GoogleIdentity]:
    with GoogleIdentity() as identity:
        yield identity


@pytest.fixture
def store(tmp_path: Path, database_url: str, identity: GoogleIdentity, monkeypatch: pytest.MonkeyPatch) -> LocalStore:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("STORE_URL", (tmp_path / "store").as_uri())
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RESULTS_DIR", str(tmp_path / "results"))
    monkeypatch.setenv("ALLOWED_CALLERS", f"another@example.com, {CALLER}")
    monkeypatch.setenv("SERVICE_AUDIENCE", AUDIENCE)
    monkeypatch.setenv("IDENTITY_CERTS_URL", identity.certs_url)
    return LocalStore(tmp_path / "store")


def stranger(target: str) -> FlaskClient:
    # A fresh module for each, as functions-framework loads it in a container of its own.
    return functions_framework.create_app(target=target, source=str(ROOT / "functions/main.py")).test_client()


@pytest.fixture
def door(identity: GoogleIdentity) -> Door:
    """Opens a function for the service account that may call it."""

    def open_door(target: str) -> FlaskClient:
        client = stranger(target)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {identity.identity_token(CALLER, AUDIENCE)}"
        return client

    return open_door


@pytest.fixture
def deliver(store: LocalStore, door: Door) -> Deliver:
    """Deliver one event for (name, generation) to one running container of `on_upload`; returns the HTTP status."""
    client = door("on_upload")
    ids = iter(range(1000))

    def send(name: str, generation: int, **changed: Any) -> int:
        data = EVENT | {"name": name, "generation": str(generation), "bucket": store.bucket} | changed
        headers = {
            "ce-specversion": "1.0",
            "ce-id": f"event-{next(ids)}",
            "ce-type": "google.cloud.storage.object.v1.finalized",
            "ce-source": f"//storage.googleapis.com/projects/_/buckets/{store.bucket}",
            "ce-subject": f"objects/{name}",
        }
        return client.post("/", json=data, headers=headers).status_code

    return send


def rows(jobs: Jobs) -> list[dict[str, Any]]:
    return jobs.database.call("list_unmirrored", batch=100)


def all_jobs(database_url: str) -> list[tuple[str, str, int, str | None]]:
    import psycopg

    with psycopg.connect(database_url) as connection:
        return connection.execute(
            "select object_name, status, generation, error_code from aisubs.transcription_jobs order by created_at"
        ).fetchall()


def test_an_upload_becomes_one_job_however_often_it_is_told(
    store: LocalStore, deliver: Deliver, database_url: str
) -> None:
    landed = store.put("interviews/monday.mp4", SAMPLE, "video/mp4")
    assert [deliver(landed.name, landed.generation) for _ in range(3)] == [200, 200, 200]
    assert all_jobs(database_url) == [(landed.name, "pending", landed.generation, None)]


def test_events_of_two_generations_out_of_order(store: LocalStore, deliver: Deliver, database_url: str) -> None:
    first = store.put("talk.mp4", SAMPLE)
    second = store.put("talk.mp4", SAMPLE + b"\0")
    assert deliver("talk.mp4", second.generation) == 200
    assert deliver("talk.mp4", first.generation) == 200  # overwritten: its newer event speaks for it
    assert all_jobs(database_url) == [("talk.mp4", "pending", second.generation, None)]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("folder/", b""),
        ("empty.mp4", b""),
        ("gcloud/tmp/parallel_composite_uploads/see_gcloud_storage_cp_help_for_details/1234_0", SAMPLE),
        ("x1y2/gsutil/tmp/parallel_composite_uploads/for_details_see/gsutil_help_cp/1234_0", SAMPLE),
        ("results/some-job/1/transcript.srt", b"1\n"),
        (".DS_Store", b"\0\0"),
        ("movie.mp4.part", SAMPLE),
    ],
)
def test_what_is_no_recording_makes_no_job(
    store: LocalStore, deliver: Deliver, database_url: str, name: str, data: bytes
) -> None:
    # A marker such as "folder/" cannot exist in a folder store; the event alone must do no harm.
    generation = 1 if name.endswith("/") else store.put(name, data).generation
    assert deliver(name, generation, size=str(len(data))) == 200
    assert all_jobs(database_url) == []


def test_an_object_that_is_gone_makes_no_job(deliver: Deliver, database_url: str) -> None:
    assert deliver("never/was/here.mp4", 42) == 200
    assert all_jobs(database_url) == []


@pytest.mark.parametrize("data", [["a"], "a", 7, {"name": 7}, {"name": "talk.wav", "bucket": "another"}], ids=repr)
def test_an_event_that_is_not_ours_is_told_and_does_not_come_back(
    store: LocalStore, door: Door, caplog: pytest.LogCaptureFixture, data: Any
) -> None:
    headers = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "//storage.googleapis.com", "ce-type": "x.y"}
    assert door("on_upload").post("/", json=data, headers=headers).status_code == 200
    assert "event.not_ours" in [record.message for record in caplog.records]


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"Dear diary, this is text.\n" * 100, "not_media"), (SAMPLE[: len(SAMPLE) // 50], "truncated")],
    ids=["text", "stub"],
)
def test_an_unfit_file_is_refused_with_a_sentence(
    store: LocalStore, deliver: Deliver, jobs: Jobs, data: bytes, code: str
) -> None:
    landed = store.put("notes.mp4", data)
    assert deliver("notes.mp4", landed.generation) == 200
    assert deliver("notes.mp4", landed.generation) == 200
    (row,) = rows(jobs)
    assert row["status"] == "failed"
    assert row["error_code"] == code
    assert len(row["error_message"]) > 20


def test_a_file_over_the_limit_is_refused(
    store: LocalStore, deliver: Deliver, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAX_UPLOAD_BYTES", "1000")
    landed = store.put("big.mp4", SAMPLE)
    assert deliver("big.mp4", landed.generation) == 200
    assert rows(jobs)[0]["error_code"] == "too_big"


@pytest.mark.parametrize("name", ['it\'s "quoted".mp4', "день 🎬.mp4", "\u202egpj.mp4", "a  b/c.mp4", "שלום.mp4"])
def test_any_name_is_fine(store: LocalStore, deliver: Deliver, database_url: str, name: str) -> None:
    landed = store.put(name, SAMPLE)
    assert deliver(name, landed.generation) == 200
    assert [row[:2] for row in all_jobs(database_url)] == [(name, "pending")]


def test_options_come_from_metadata_over_those_of_the_folder(
    store: LocalStore, deliver: Deliver, database_url: str
) -> None:
    import psycopg

    store.put("lectures/aisubs.json", json.dumps({"language": "de", "task": "translate"}).encode())
    landed = store.put("lectures/one.mp4", SAMPLE, metadata={"language": "es", "something": "else"})
    assert deliver(landed.name, landed.generation) == 200
    with psycopg.connect(database_url) as connection:
        (options,) = connection.execute("select options from aisubs.transcription_jobs").fetchone() or ((),)
    assert options == {"language": "es", "task": "translate"}


def test_a_wrong_option_is_told_and_loses_nothing(store: LocalStore, deliver: Deliver, jobs: Jobs) -> None:
    landed = store.put("one.mp4", SAMPLE, metadata={"language": "klingon"})
    assert deliver(landed.name, landed.generation) == 200
    (row,) = rows(jobs)
    assert row["error_code"] == "bad_request"
    assert "language" in row["error_message"]
    assert store.stat("one.mp4").size_bytes == len(SAMPLE)


def test_a_database_that_is_down_makes_the_event_come_again(
    store: LocalStore, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    landed = store.put("one.mp4", SAMPLE)
    assert deliver(landed.name, landed.generation) == 500


def test_garbage_is_a_bad_request(store: LocalStore, door: Door) -> None:
    assert door("on_upload").post("/", data=b"{", headers={"content-type": "application/json"}).status_code == 400


def test_the_sweep_finds_a_lost_event(store: LocalStore, door: Door, database_url: str) -> None:
    landed = store.put("lost.mp4", SAMPLE)
    client = door("recover_stale")
    assert client.post("/").get_json()["lost_events"] == 1
    assert client.post("/").get_json()["lost_events"] == 0
    assert all_jobs(database_url) == [("lost.mp4", "pending", landed.generation, None)]


def test_a_translator_that_cannot_be_used_stops_no_sweep(
    store: LocalStore, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRANSLATOR", "openai")  # and no address for it
    store.put("lost.mp4", SAMPLE)
    answer = door("recover_stale").post("/")
    assert (answer.status_code, answer.get_json()["lost_events"]) == (200, 1)


def test_retention_forgets_job_and_objects(store: LocalStore, door: Door, deliver: Deliver, database_url: str) -> None:
    import psycopg

    landed = store.put("old.mp4", SAMPLE)
    deliver(landed.name, landed.generation)
    assert door("apply_retention").post("/").get_json() == {"expired": 0}
    with psycopg.connect(database_url) as connection:
        connection.execute("update aisubs.transcription_jobs set created_at = now() - interval '169 hours'")
    assert door("apply_retention").post("/").get_json() == {"expired": 1}
    assert all_jobs(database_url) == []
    assert [item.name for item in store.list()] == []
