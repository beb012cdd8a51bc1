"""What the Cloud Storage plug does in its own way: sessions bound to size and origin, signers, faults of networks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import requests
from google.auth.transport.requests import Request
from google.cloud.storage import Client
from google.oauth2 import service_account

from aisubs.adapters.store.gcs import GcsStore
from aisubs.adapters.store.gcs.signer import IamSigner, find_signer
from aisubs.model.errors import AisubsError
from aisubs.settings import Settings
from aisubs.wiring import make_store
from tests.doubles.gcs import Gcs
from tests.doubles.google_environment import google_environment
from tests.doubles.google_identity import PROJECT, GoogleIdentity

WEB, ELSEWHERE = "https://subtitles.example", "https://evil.example"
SIGNER = f"api@{PROJECT}.iam.gserviceaccount.com"
SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]


@pytest.fixture
def gcs(tmp_path: Path) -> Iterator[Gcs]:
    with (
        GoogleIdentity() as identity,
        Gcs(identity, origins=[WEB]) as double,
        google_environment(identity, tmp_path, double),
    ):
        yield double


@pytest.fixture
def store(gcs: Gcs) -> GcsStore:
    store, sessions = make_store(Settings(store_url="gs://uploads"))
    assert isinstance(store, GcsStore)
    assert sessions is None
    return store


def code_of(action: object) -> str:
    with pytest.raises(AisubsError) as caught:
        action()  # type: ignore[operator]
    return caught.value.code


# ── sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_session_takes_what_was_announced_and_no_more(store: GcsStore) -> None:
    url = store.start_upload("x.mp4", 5, "video/mp4", WEB).url
    assert httpx.put(url, content=b"far too much").status_code == 400
    assert httpx.put(url, content=b"much", headers={"Content-Range": "bytes 0-3/400"}).status_code == 400
    assert list(store.list()) == []
    assert httpx.put(url, content=b"right").status_code == 200


def test_a_page_of_the_right_origin_sees_how_far_it_is(store: GcsStore, gcs: Gcs) -> None:
    gcs.origins = ()  # the bucket knows no origin: only the session does
    url = store.start_upload("x.mp4", 5, "video/mp4", WEB).url
    asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-range"}
    for origin, allowed in ((WEB, WEB), (ELSEWHERE, None)):
        preflight = httpx.options(url, headers={"Origin": origin, **asked})
        assert preflight.headers.get("access-control-allow-origin") == allowed
        answer = httpx.put(url, headers={"Origin": origin, "Content-Range": "bytes */5"})
        assert answer.headers.get("access-control-allow-origin") == allowed
    gcs.origins = (WEB,)
    answer = httpx.put(url, headers={"Origin": WEB, "Content-Range": "bytes */5"})
    assert "Range" in answer.headers["access-control-expose-headers"].split(", ")


def test_a_gap_is_refused_and_mended(store: GcsStore) -> None:
    url = store.start_upload("x.mp4", 5, "video/mp4").url
    assert httpx.put(url, content=b"lo", headers={"Content-Range": "bytes 3-4/5"}).status_code == 503
    assert httpx.put(url, content=b"hello").status_code == 200


# ── who signs ────────────────────────────────────────────────────────────────────────────────────────────────────────


class ToTheDouble(requests.adapters.HTTPAdapter):
    """Leads a host of Google's to the loopback."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._netloc = urlsplit(url).netloc

    def send(self, request: requests.PreparedRequest, *arguments: object, **named: object) -> requests.Response:
        assert request.url is not None
        request.url = urlsplit(request.url)._replace(scheme="http", netloc=self._netloc).geturl()
        return super().send(request, *arguments, **named)  # type: ignore[arg-type]


def test_without_a_key_file_iam_signs(gcs: Gcs) -> None:
    key = gcs.identity.key_file("worker@example.com")
    credentials = service_account.Credentials.from_service_account_info(key, scopes=SCOPES)
    session = requests.Session()
    session.mount("https://iamcredentials.googleapis.com", ToTheDouble(gcs.identity.url))
    signer = IamSigner(credentials, SIGNER, Request(session))
    store = GcsStore(Client(project=PROJECT, credentials=credentials), "uploads", signer)
    store.put("x.mp4", b"hello")
    url = store.read_url("x.mp4", "x.mp4", "video/mp4", 60)
    assert gcs.identity.signed == [SIGNER]
    assert SIGNER in httpx.URL(url).params["X-Goog-Credential"]
    assert httpx.get(url).content == b"hello"


def test_who_signs_is_found(gcs: Gcs) -> None:
    key = gcs.identity.key_file("worker@example.com")
    credentials = service_account.Credentials.from_service_account_info(key)
    assert find_signer(credentials, None) is credentials
    named = find_signer(credentials, SIGNER)
    assert isinstance(named, IamSigner)
    assert named.signer_email == SIGNER
    assert find_signer(object(), None) is None


def test_without_anybody_to_sign_there_are_no_read_urls(gcs: Gcs) -> None:
    credentials = service_account.Credentials.from_service_account_info(
        gcs.identity.key_file("worker@example.com"), scopes=SCOPES
    )
    store = GcsStore(Client(project=PROJECT, credentials=credentials), "uploads")
    store.put("x.mp4", b"hello")
    assert code_of(lambda: store.read_url("x.mp4", "x.mp4", "video/mp4", 60)) == "store_unavailable"


# ── faults ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [503, 429, None, 0], ids=["503", "429", "lost answer", "cut"])
def test_a_read_is_tried_again(store: GcsStore, gcs: Gcs, status: int | None) -> None:
    store.put("x.mp4", b"hello")
    reader = store.open("x.mp4")
    gcs.disturb("GET", "alt=media", status)
    assert reader.read_at(1, 3) == b"ell"
    assert sum("alt=media" in path for _, path in gcs.seen) >= 2


def test_a_right_that_is_missing_is_told_at_once(store: GcsStore, gcs: Gcs) -> None:
    gcs.disturb("GET", "/o/x.mp4", 403)
    assert code_of(lambda: store.stat("x.mp4")) == "store_unavailable"
    assert sum("/o/x.mp4" in path for _, path in gcs.seen) == 1


def test_a_write_whose_answer_was_lost_is_repeated_whole(store: GcsStore, gcs: Gcs) -> None:
    gcs.disturb("POST", "uploadType=multipart", None)
    put = store.put("x.mp4", b"hello")
    assert store.stat("x.mp4").generation == put.generation
    gcs.disturb("POST", "uploadType=multipart", None)
    assert code_of(lambda: store.put("y.mp4", b"hello", if_generation_match=0)) == "precondition_failed"
    assert store.stat("y.mp4").size_bytes == 5


def test_a_bucket_that_is_not_there(gcs: Gcs) -> None:
    store = GcsStore.connect("no-such-bucket")
    assert code_of(lambda: store.put("x.mp4", b"hello")) == "object_not_found"
    assert code_of(store.ping) == "object_not_found"


def test_without_credentials_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    assert code_of(lambda: GcsStore.connect("uploads")) == "store_unavailable"


# ── the double itself ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_double_lets_no_stranger_in(store: GcsStore, gcs: Gcs) -> None:
    store.put("x.mp4", b"hello")
    for path in ("/storage/v1/b/uploads/o", "/storage/v1/b/uploads/o/x.mp4", "/download/storage/v1/b/uploads/o/x.mp4"):
        assert httpx.get(f"{gcs.url}{path}").status_code == 401
        assert httpx.get(f"{gcs.url}{path}", headers={"Authorization": "Bearer ya29.x"}).status_code == 401
    assert httpx.get(f"{gcs.url}/uploads/x.mp4").status_code == 400


def test_the_double_checks_checksums(store: GcsStore, gcs: Gcs) -> None:
    token = gcs.identity.access_token(_assertion(gcs.identity))
    head = {"Authorization": f"Bearer {token}", "Content-Type": 'multipart/related; boundary="b"'}
    resource = json.dumps({"name": "x.mp4", "crc32c": "AAAAAA=="})
    body = (
        f"--b\r\nContent-Type: application/json\r\n\r\n{resource}\r\n--b\r\nContent-Type: video/mp4\r\n\r\nhi\r\n--b--"
    )
    url = f"{gcs.url}/upload/storage/v1/b/uploads/o?uploadType=multipart"
    assert httpx.post(url, content=body, headers=head).status_code == 400
    assert list(store.list()) == []


def _assertion(identity: GoogleIdentity) -> str:
    return identity.identity_token(
        "worker@example.com", "https://oauth2.googleapis.com/token", iss="worker@example.com"
    )
