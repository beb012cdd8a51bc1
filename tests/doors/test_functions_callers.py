"""No function can be called without the identity meant for it: tokens as Google signs them, and as others would."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import functions_framework
import functions_framework.aio
import httpx
import psycopg
import pytest
from flask.testing import FlaskClient

from aisubs.adapters.store.local import LocalStore
from tests.doubles.google_identity import PROJECT, GoogleIdentity
from tests.http_server import serve

SOURCE = str(Path(__file__).parents[2] / "functions/main.py")
CALLER = f"scheduler@{PROJECT}.iam.gserviceaccount.com"
AUDIENCE = "https://sweep-123.europe-west1.run.app"
DOORS = ("on_upload", "dispatch", "recover_stale", "apply_retention")

BAD_TOKENS: dict[str, Callable[[GoogleIdentity], str]] = {
    "none": lambda google: "",
    "no token at all": lambda google: "Bearer hello",
    "a basic password": lambda google: "Basic YTpi",
    "three parts of nothing": lambda google: "Bearer a.b.c",
    "another caller": lambda google: f"Bearer {google.identity_token('eve@example.com', AUDIENCE)}",
    "another service": lambda google: f"Bearer {google.identity_token(CALLER, 'https://api.run.app')}",
    "a service with a longer name": lambda google: f"Bearer {google.identity_token(CALLER, AUDIENCE + '.evil.com')}",
    "another issuer": lambda google: f"Bearer {google.identity_token(CALLER, AUDIENCE, iss='https://evil.example')}",
    "not verified": lambda google: f"Bearer {google.identity_token(CALLER, AUDIENCE, email_verified=False)}",
    "expired": lambda google: f"Bearer {google.identity_token(CALLER, AUDIENCE, exp=int(time.time()) - 60)}",
    "from the future": lambda google: f"Bearer {google.identity_token(CALLER, AUDIENCE, iat=int(time.time()) + 900)}",
    "forged": lambda google: f"Bearer {forged(google)}",
    "signature removed": lambda google: f"Bearer {unsigned(google.identity_token(CALLER, AUDIENCE))}",
    "no signature": lambda google: f"Bearer {unsigned(google.identity_token(CALLER, AUDIENCE), '')}",
}


def forged(google: GoogleIdentity) -> str:
    """The claims of one good token under the signature of another."""
    good, other = google.identity_token(CALLER, AUDIENCE), google.identity_token(CALLER, "https://other.example")
    return f"{good.rpartition('.')[0]}.{other.rpartition('.')[2]}"


def unsigned(token: str, signature: str = "SIGNATURE_REMOVED_BY_GOOGLE") -> str:
    return f"{token.rpartition('.')[0]}.{signature}"


@pytest.fixture(scope="module")
def google() -> Iterator[GoogleIdentity]:
    with GoogleIdentity() as google:
        yield google


@pytest.fixture
def store(tmp_path: Path, database_url: str, google: GoogleIdentity, monkeypatch: pytest.MonkeyPatch) -> LocalStore:
    """A lost upload waits in it: whoever gets through to a sweep makes a job."""
    settings = {
        "DATABASE_URL": database_url,
        "STORE_URL": (tmp_path / "store").as_uri(),
        "DATA_DIR": str(tmp_path / "data"),
        "RESULTS_DIR": str(tmp_path / "results"),
        "ALLOWED_CALLERS": CALLER,
        "SERVICE_AUDIENCE": AUDIENCE,
        "IDENTITY_CERTS_URL": google.certs_url,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    store = LocalStore(tmp_path / "store")
    store.put("lost.mp4", b"no recording")
    return store


def jobs_in(database_url: str) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("select count(*) from aisubs.transcription_jobs").fetchone()
    return int(row[0]) if row else -1


def door(target: str) -> FlaskClient:
    return functions_framework.create_app(target=target, source=SOURCE).test_client()


def event_headers(authorization: str) -> dict[str, str]:
    return {
        "ce-specversion": "1.0",
        "ce-id": "1",
        "ce-type": "google.cloud.storage.object.v1.finalized",
        "ce-source": "//storage.googleapis.com/projects/_/buckets/uploads",
        "Authorization": authorization,
    }


@pytest.mark.parametrize("target", DOORS)
def test_strangers_reach_nothing(store: LocalStore, google: GoogleIdentity, database_url: str, target: str) -> None:
    client = door(target)
    landed = store.stat("lost.mp4")
    body = {"bucket": store.bucket, "name": landed.name, "generation": str(landed.generation)}
    for told, make in BAD_TOKENS.items():
        answer = client.post("/", json=body, headers=event_headers(make(google)))
        assert answer.status_code == 403, told
    assert jobs_in(database_url) == 0
    good = event_headers(f"Bearer {google.identity_token(CALLER, AUDIENCE)}")
    assert client.post("/", json=body, headers=good).status_code == 200


@pytest.mark.parametrize("setting", ["ALLOWED_CALLERS", "SERVICE_AUDIENCE"])
def test_closed_until_somebody_is_let_in(
    store: LocalStore, google: GoogleIdentity, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.delenv(setting)
    headers = {"Authorization": f"Bearer {google.identity_token(CALLER, AUDIENCE)}"}
    assert door("recover_stale").post("/", headers=headers).status_code == 403


def test_an_audience_may_be_the_whole_url(store: LocalStore, google: GoogleIdentity) -> None:
    token = google.identity_token(CALLER, f"{AUDIENCE}/?__GCP_CloudEventsMode=CE_PUBSUB_BINDING")
    assert door("recover_stale").post("/", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_behind_cloud_run_the_signature_is_gone_but_not_the_claims(
    store: LocalStore, google: GoogleIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Cloud Run hands on to a service that admits no anonymous caller."""
    monkeypatch.setenv("IDENTITY_CHECKED_BY", "cloud_run")
    client = door("recover_stale")

    def status(token: str) -> int:
        return client.post("/", headers={"Authorization": f"Bearer {token}"}).status_code

    assert status(unsigned(google.identity_token(CALLER, AUDIENCE))) == 200
    assert status(unsigned(google.identity_token("eve@example.com", AUDIENCE))) == 403
    assert status(unsigned(google.identity_token(CALLER, "https://other.example"))) == 403
    assert status(unsigned(google.identity_token(CALLER, AUDIENCE, exp=int(time.time()) - 60))) == 403
    assert status(unsigned(google.identity_token(CALLER, AUDIENCE), "")) == 403
    assert status(forged(google)) == 403


def test_keys_that_cannot_be_had_are_our_fault(
    store: LocalStore, google: GoogleIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_CERTS_URL", "http://127.0.0.1:1/certs")
    headers = {"Authorization": f"Bearer {google.identity_token(CALLER, AUDIENCE)}"}
    assert door("recover_stale").post("/", headers=headers).status_code == 500


def test_the_public_api_sweeps_for_the_scheduler_only(
    store: LocalStore, google: GoogleIdentity, database_url: str
) -> None:
    with serve(functions_framework.aio.create_asgi_app("api", SOURCE)) as url:
        for told, make in BAD_TOKENS.items():
            refused = httpx.post(f"{url}/api/jobs/check-stale", headers={"Authorization": make(google)})
            assert refused.status_code == 404, told
        assert jobs_in(database_url) == 0
        token = google.identity_token(CALLER, AUDIENCE)
        swept = httpx.post(f"{url}/api/jobs/check-stale", headers={"Authorization": f"Bearer {token}"})
        assert (swept.status_code, swept.json()["lost_events"]) == (200, 1)
        assert httpx.get(f"{url}/api/queue").status_code == 200
