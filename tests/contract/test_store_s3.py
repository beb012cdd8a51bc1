"""What the S3 plug does in its own way: multipart uploads by presigned URLs, and generations made from ETags."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from aisubs.adapters.store.s3 import S3Store
from aisubs.adapters.store.s3.generation import generation_of
from aisubs.adapters.store.s3.upload import COMPLETION_HEADERS, MAX_PARTS, MIN_PART_BYTES, completion_body, part_sizes
from aisubs.model.errors import AisubsError
from aisubs.ports import MultipartUpload
from aisubs.settings import Settings
from aisubs.wiring import make_mirror, make_store
from tests.doubles.s3 import s3_server

ORIGIN = {"Origin": "https://subtitles.example"}


@pytest.fixture
def store() -> Iterator[S3Store]:
    with s3_server("uploads", "results"):
        store, sessions = make_store(Settings(store_url="s3://uploads"))
        assert isinstance(store, S3Store)
        assert sessions is None
        yield store


def upload(store: S3Store, name: str, size_bytes: int) -> MultipartUpload:
    started = store.start_upload(name, size_bytes, "video/mp4")
    assert isinstance(started, MultipartUpload)
    return started


def send_parts(started: MultipartUpload, data: bytes) -> list[str]:
    """As a page does it; the last part first, for their order is free."""
    etags: dict[int, str] = {}
    for number, url in reversed(list(enumerate(started.part_urls))):
        part = data[number * started.part_bytes : (number + 1) * started.part_bytes]
        answer = httpx.put(url, content=part, headers=ORIGIN, timeout=60)
        assert answer.status_code == 200
        etags[number] = answer.headers["etag"]
    return [etags[number] for number in sorted(etags)]


def test_an_upload_in_parts(store: S3Store) -> None:
    data = os.urandom(MIN_PART_BYTES + 12_345)
    started = upload(store, "uploads/1/source.mp4", len(data))
    assert len(started.part_urls) == 2
    etags = send_parts(started, data)
    assert list(store.list()) == []
    done = httpx.post(started.complete_url, content=completion_body(etags), headers=COMPLETION_HEADERS)
    assert done.status_code == 200
    found = store.stat("uploads/1/source.mp4")
    assert (found.size_bytes, found.content_type) == (len(data), "video/mp4")
    reader = store.open(found.name, found.generation)
    assert reader.read_at(0, len(data)) == data


def test_an_abandoned_upload_leaves_nothing(store: S3Store) -> None:
    data = os.urandom(1000)
    started = upload(store, "x.mp4", len(data))
    etags = send_parts(started, data)
    assert httpx.delete(started.abort_url).status_code == 204
    done = httpx.post(started.complete_url, content=completion_body(etags), headers=COMPLETION_HEADERS)
    assert not done.is_success  # S3 says 404 NoSuchUpload; moto trips over it
    assert list(store.list()) == []


def under_way(store: S3Store) -> list[str]:
    """The ids of uploads whose parts somebody pays for."""
    return [item["UploadId"] for item in store._client.list_multipart_uploads(Bucket=store.bucket).get("Uploads", ())]


def test_a_new_session_ends_the_old_and_so_does_deletion(store: S3Store) -> None:
    """Ten sessions on one announcement kept ten times its bytes until a rule of the bucket took them."""
    data = os.urandom(1000)
    for _ in range(3):
        send_parts(upload(store, "uploads/1/source.mp4", len(data)), data)
    other = upload(store, "uploads/1/source.mp4x", 5)
    assert len(under_way(store)) == 2
    store.delete("uploads/1/source.mp4", 1)
    assert len(under_way(store)) == 2, "one generation was meant"
    store.delete("uploads/1/source.mp4")
    assert len(under_way(store)) == 1
    store.delete("uploads/1/source.mp4")
    assert httpx.put(other.part_urls[0], content=b"hello", headers=ORIGIN).status_code == 200


def test_a_page_may_send_parts_from_its_origin(store: S3Store) -> None:
    started = upload(store, "x.mp4", 5)
    asked = {**ORIGIN, "Access-Control-Request-Method": "PUT"}
    preflight = httpx.options(started.part_urls[0], headers=asked)
    assert preflight.headers["access-control-allow-origin"] in ("*", ORIGIN["Origin"])
    sent = httpx.put(started.part_urls[0], content=b"hello", headers=ORIGIN)
    assert "etag" in sent.headers["access-control-expose-headers"].lower()


def test_what_must_not_change_is_signed(store: S3Store) -> None:
    """moto verifies nothing, so this looks at what is signed."""
    started = upload(store, "x.mp4", 5)
    assert "content-length" in httpx.URL(started.part_urls[0]).params["X-Amz-SignedHeaders"]
    assert "if-none-match" in httpx.URL(started.complete_url).params["X-Amz-SignedHeaders"]
    assert httpx.URL(store.read_url("x.mp4", "x.mp4", "video/mp4", 60)).params["X-Amz-Expires"] == "60"


@pytest.mark.parametrize("size_bytes", [1, MIN_PART_BYTES, MIN_PART_BYTES + 1, 10 * 1024**3, 4 * 1024**4])
def test_parts_cover_the_file_within_the_limits_of_s3(size_bytes: int) -> None:
    sizes = part_sizes(size_bytes)
    assert sum(sizes) == size_bytes
    assert len(sizes) <= MAX_PARTS
    assert all(5 * 1024**2 <= part <= 5 * 1024**3 for part in sizes[:-1])
    assert 0 < sizes[-1] <= 5 * 1024**3


def test_generations_are_of_time_first_and_fit_a_bigint() -> None:
    early, late = (datetime(year, 1, 1, tzinfo=UTC) for year in (2024, 2199))
    assert 0 < generation_of('"zzz"', early) < generation_of('"aaa"', late) < 2**63
    assert generation_of('"a"', early) == generation_of("a", early)
    assert generation_of('"a"', early) != generation_of('"b"', early)


def test_a_storage_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "y")
    with pytest.raises(AisubsError) as caught:
        S3Store.connect("uploads").stat("x.mp4")
    assert caught.value.code == "store_unavailable"


def test_results_may_be_mirrored_into_a_folder(tmp_path: Path) -> None:
    mirror = make_mirror(Settings(store_url="s3://uploads", results_url=(tmp_path / "subtitles").as_uri()))
    assert mirror is not None
    mirror.put("a/talk.mp4.srt", b"1\n")
    assert (tmp_path / "subtitles/a/talk.mp4.srt").read_bytes() == b"1\n"
