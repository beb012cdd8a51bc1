"""What every plug of the Store port promises. A plug joins by one line in PLUGS."""

from __future__ import annotations

import base64
import io
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Barrier

import google_crc32c
import httpx
import pytest
from fastapi import FastAPI

from aisubs.adapters.store.gcs import GcsStore
from aisubs.adapters.store.local import LocalStore
from aisubs.adapters.store.s3 import S3Store
from aisubs.http.faults import install
from aisubs.http.files import file_routes
from aisubs.http.uploads import upload_routes
from aisubs.model.errors import AisubsError
from aisubs.ports import Store
from tests.doubles.gcs import Gcs
from tests.doubles.google_environment import google_environment
from tests.doubles.google_identity import GoogleIdentity
from tests.doubles.s3 import s3_server
from tests.http_server import serve, until


@contextmanager
def local(folder: Path) -> Iterator[Store]:
    """The local store behind the routes that serve its URLs."""
    http = FastAPI()
    install(http)
    with serve(http) as url:
        store = LocalStore(folder / "store", public_url=url)
        http.include_router(upload_routes(store, None))
        http.include_router(file_routes(store, store))
        yield store


@contextmanager
def gcs(folder: Path) -> Iterator[Store]:
    """The GCS plug with the real client library, a key file and the loopback Cloud Storage."""
    with (
        GoogleIdentity() as identity,
        Gcs(identity, page_size=3) as double,
        google_environment(identity, folder, double),
    ):
        yield GcsStore.connect("uploads")


@contextmanager
def s3(folder: Path) -> Iterator[Store]:
    """The S3 plug with the real client library and moto's server."""
    with s3_server("uploads"):
        yield S3Store.connect("uploads")


PLUGS: dict[str, Callable[[Path], AbstractContextManager[Store]]] = {"local": local, "gcs": gcs, "s3": s3}

GCS_PROTOCOL = ("local", "gcs")
"""Whose upload sessions are one URL; the parts of S3 are in test_store_s3.py."""

CHECKED = ("local", "gcs")
"""Where signed URLs are verified: moto's server lets every signature pass."""


@pytest.fixture(params=PLUGS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with PLUGS[request.param](tmp_path) as plug:
        yield plug


def tick(store: Store) -> None:
    """Let the clock of the store's generations move on: S3 tells times in seconds."""
    if isinstance(store, S3Store):
        second = int(time.time())
        until(lambda: int(time.time()) > second)


def read(store: Store, name: str, generation: int | None = None) -> bytes:
    reader = store.open(name, generation)
    try:
        return reader.read_at(0, reader.size_bytes)
    finally:
        reader.close()


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(AisubsError) as caught:
        action()
    return caught.value.code


# ── objects ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_put_is_found(store: Store) -> None:
    put = store.put(
        "results/1/transcript.srt", b"1\n", "application/x-subrip", {"job": "1", "title": "Gr\u00fc\u00dfe"}
    )
    found = store.stat("results/1/transcript.srt")
    assert found.generation == put.generation > 0
    assert (found.bucket, found.name) == (store.bucket, "results/1/transcript.srt")
    assert (found.size_bytes, found.content_type) == (2, "application/x-subrip")
    assert dict(found.metadata) == {"job": "1", "title": "Gr\u00fc\u00dfe"}
    assert found.crc32c == base64.b64encode(google_crc32c.value(b"1\n").to_bytes(4, "big")).decode()
    assert read(store, found.name, found.generation) == b"1\n"


def test_an_overwrite_is_another_generation(store: Store) -> None:
    first = store.put("talk.mp4", b"old")
    tick(store)
    second = store.put("talk.mp4", b"newer")
    assert second.generation > first.generation
    assert code_of(lambda: store.stat("talk.mp4", first.generation)) == "object_not_found"
    assert code_of(lambda: store.open("talk.mp4", first.generation)) == "object_not_found"
    assert store.stat("talk.mp4", second.generation).size_bytes == 5
    assert read(store, "talk.mp4") == b"newer"


def test_a_generation_never_comes_back(store: Store) -> None:
    first = store.put("talk.mp4", b"a").generation
    store.delete("talk.mp4")
    tick(store)
    assert store.put("talk.mp4", b"a").generation > first


@pytest.mark.parametrize("change", ["overwrite", "delete"])
def test_a_reader_is_pinned_to_its_generation(store: Store, change: str) -> None:
    store.put("talk.mp4", b"x" * 100_000)
    reader = store.open("talk.mp4")
    assert reader.read_at(0, 10) == b"x" * 10
    if change == "overwrite":
        store.put("talk.mp4", b"y" * 100_000)
    else:
        store.delete("talk.mp4")
    assert code_of(lambda: reader.read_at(50_000, 10)) == "source_gone"
    reader.close()


def test_reads_are_exact(store: Store) -> None:
    data = os.urandom(3_000_000)
    store.put("talk.mp4", data)
    reader = store.open("talk.mp4")
    assert reader.size_bytes == len(data)
    for offset, length in ((0, 1), (0, len(data)), (1_234_567, 700_000), (2_999_999, 1), (17, 0)):
        assert reader.read_at(offset, length) == data[offset : offset + length]
    assert reader.read_at(2_999_990, 100) == data[-10:]
    assert reader.read_at(3_000_000, 1) == b""
    assert reader.read_at(9_000_000, 5) == b""
    reader.close()


def test_an_empty_object_is_an_object(store: Store) -> None:
    store.put("folder/", b"")
    assert store.stat("folder/").size_bytes == 0
    assert read(store, "folder/") == b""


def test_put_takes_a_stream(store: Store) -> None:
    data = os.urandom(2_500_000)
    put = store.put("talk.mp4", io.BytesIO(data), "video/mp4")
    assert put.size_bytes == len(data)
    assert read(store, "talk.mp4") == data


class BrokenStream(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        block = super().read(size)
        if not block:
            raise RuntimeError("the source broke off")
        return block


def test_a_put_that_breaks_off_changes_nothing(store: Store) -> None:
    store.put("talk.mp4", b"before")
    with pytest.raises(RuntimeError):
        store.put("talk.mp4", BrokenStream(b"y" * 2_000_000))
    with pytest.raises(RuntimeError):
        store.put("other.mp4", BrokenStream(b"y" * 2_000_000))
    assert read(store, "talk.mp4") == b"before"
    assert [item.name for item in store.list()] == ["talk.mp4"]


def test_preconditions(store: Store) -> None:
    first = store.put("talk.mp4", b"first", if_generation_match=0)
    assert code_of(lambda: store.put("talk.mp4", b"x", if_generation_match=0)) == "precondition_failed"
    second = store.put("talk.mp4", b"second", if_generation_match=first.generation)
    assert code_of(lambda: store.put("talk.mp4", b"x", if_generation_match=first.generation)) == "precondition_failed"
    assert code_of(lambda: store.put("none.mp4", b"x", if_generation_match=17)) == "precondition_failed"
    assert read(store, "talk.mp4") == b"second"
    assert store.stat("talk.mp4").generation == second.generation
    store.delete("talk.mp4")
    assert store.put("talk.mp4", b"third", if_generation_match=0).size_bytes == 5


def test_only_one_of_many_creates_the_object(store: Store) -> None:
    writers = 12
    barrier = Barrier(writers)

    def create(number: int) -> int | None:
        barrier.wait()
        try:
            store.put("lock", str(number).encode(), if_generation_match=0)
        except AisubsError as fault:
            if fault.code != "precondition_failed":
                raise
            return None
        return number

    with ThreadPoolExecutor(writers) as pool:
        won = [number for number in pool.map(create, range(writers)) if number is not None]
    assert len(won) == 1
    assert read(store, "lock") == str(won[0]).encode()


def test_concurrent_overwrites_leave_one_whole_object(store: Store) -> None:
    def overwrite(number: int) -> int:
        return store.put("talk.mp4", bytes([number]) * 200_000).generation

    with ThreadPoolExecutor(6) as pool:
        generations = list(pool.map(overwrite, range(24)))
    assert len(set(generations)) == 24
    left = read(store, "talk.mp4")
    assert len(left) == 200_000
    assert len(set(left)) == 1


def test_delete(store: Store) -> None:
    found = store.put("a/b/talk.mp4", b"x")
    store.delete("a/b/talk.mp4", found.generation + 1)
    assert store.stat("a/b/talk.mp4") == store.stat("a/b/talk.mp4", found.generation)
    store.delete("a/b/talk.mp4", found.generation)
    assert code_of(lambda: store.stat("a/b/talk.mp4")) == "object_not_found"
    assert code_of(lambda: store.open("a/b/talk.mp4")) == "object_not_found"
    store.delete("a/b/talk.mp4")
    store.delete("never/was.mp4", 3)
    assert list(store.list()) == []


def test_list_is_by_name_and_prefix(store: Store) -> None:
    names = ["inbox/b.mp4", "inbox/a.mp4", "inbox/a/x.mp4", "inbox2/c.mp4", "results/1/2/x.srt"]
    for name in names:
        store.put(name, name.encode())
    assert [item.name for item in store.list()] == sorted(names)
    assert [item.name for item in store.list("inbox/")] == ["inbox/a.mp4", "inbox/a/x.mp4", "inbox/b.mp4"]
    assert [item.name for item in store.list("inbox")] == sorted(names)[:4]
    assert [item.name for item in store.list("inbox/a")] == ["inbox/a.mp4", "inbox/a/x.mp4"]
    assert [item.name for item in store.list("nothing/here/")] == []
    for item in store.list("inbox/"):
        found = store.stat(item.name)
        assert (item.generation, item.size_bytes, item.bucket) == (found.generation, found.size_bytes, found.bucket)


ODD_NAMES = [
    "inbox/\U0001f3a4 interview \U0001f468\u200d\U0001f469\u200d\U0001f467.mp4",
    'inbox/it\'s a "quoted" name.mp4',
    "inbox/\u200f\u05e9\u05dc\u05d5\u05dd \u202bmix\u202c.mp3",
    "inbox/100%.mp4",
    "inbox/%2e%2e/x@json",
    "inbox/a@17",
    "inbox/back\\slash.mp4",
    "inbox/tab\there.mp4",
    "inbox/...",
    "inbox//double.mp4",
    "inbox/.hidden",
    "inbox/~ $HOME `id` *?.mp4",
    "inbox/" + "l" * 300 + ".mp4",
    "inbox/" + "l" * 300 + "2.mp4",
    "deep/" * 150 + "x.mp4",
    "\u6f22\u5b57/" + "\u6f22" * 200 + ".mp4",
    "inbox",
    "inbox/100%.mp4/below",
]


def test_names_that_people_use(store: Store) -> None:
    for name in ODD_NAMES:
        store.put(name, name.encode())
    for name in ODD_NAMES:
        assert read(store, name) == name.encode()
    assert [item.name for item in store.list()] == sorted(ODD_NAMES)
    for name in ODD_NAMES:
        store.delete(name)
    assert list(store.list()) == []


BAD_NAMES = ["", "../x", "a/../b", "a/..", "./a", "/etc/passwd", "a\0b", "a\nb", "\udc80", "x" * 1025, "\u6f22" * 342]


@pytest.mark.parametrize("name", BAD_NAMES, ids=lambda name: ascii(name)[:20])
def test_names_that_are_refused(store: Store, name: str) -> None:
    assert code_of(lambda: store.put(name, b"x")) == "bad_name"
    assert code_of(lambda: store.start_upload(name, 1, "video/mp4")) == "bad_name"
    assert list(store.list()) == []


def test_ping(store: Store) -> None:
    assert store.ping()


# ── signed reads ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_read_url_reads_one_object(store: Store) -> None:
    data = bytes(range(256)) * 1000
    store.put("uploads/1/source.mp4", data, "video/mp4")
    url = store.read_url("uploads/1/source.mp4", 'Gr\u00fc\u00dfe "1".mp4', "video/mp4", 60)
    whole = httpx.get(url)
    assert (whole.status_code, whole.content) == (200, data)
    assert whole.headers["content-type"] == "video/mp4"
    assert "Gr%C3%BC%C3%9Fe" in whole.headers["content-disposition"]
    part = httpx.get(url, headers={"Range": "bytes=1000-1999"})
    assert (part.status_code, part.content) == (206, data[1000:2000])
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(data)}"
    assert httpx.get(url, headers={"Range": "bytes=255999-"}).content == data[-1:]
    assert httpx.get(url, headers={"Range": "bytes=-300"}).content == data[-300:]
    assert httpx.get(url, headers={"Range": f"bytes={len(data)}-"}).status_code == 416


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [("video/mp4", "inline"), ("audio/ogg", "inline"), ("text/html", "attachment"), ("video/<b>", "attachment")],
)
def test_only_sound_and_picture_are_shown_in_place(store: Store, content_type: str, kind: str) -> None:
    store.put("a.mp4", b"<script>alert(1)</script>", "text/html")
    answer = httpx.get(store.read_url("a.mp4", "talk.mp4", content_type, 60))
    assert answer.headers["content-type"].partition(";")[0] == content_type
    assert answer.headers["content-disposition"].startswith(f"{kind};")


def test_a_read_url_of_one_generation(store: Store) -> None:
    first = store.put("a.mp4", b"first", "video/mp4")
    url = store.read_url("a.mp4", "a.mp4", "video/mp4", 60, first.generation)
    assert httpx.get(url).content == b"first"
    tick(store)
    second = store.put("a.mp4", b"second", "video/mp4")
    # S3 has no way to say it in a URL: there it is asked when the URL is made.
    assert httpx.get(url).status_code == 404 or isinstance(store, S3Store)
    if not isinstance(store, GcsStore):  # which signs without asking
        code = code_of(lambda: store.read_url("a.mp4", "a.mp4", "video/mp4", 60, first.generation))
        assert code == "object_not_found"
    assert httpx.get(store.read_url("a.mp4", "a.mp4", "video/mp4", 60, second.generation)).content == b"second"


@pytest.mark.parametrize("store", CHECKED, indirect=True)
def test_a_read_url_ends_and_cannot_be_forged(store: Store) -> None:
    store.put("a.mp4", b"mine", "video/mp4")
    store.put("b.mp4", b"not mine", "video/mp4")
    assert httpx.get(store.read_url("a.mp4", "a.mp4", "video/mp4", 0)).status_code in (400, 403, 404, 410)
    url = store.read_url("a.mp4", "a.mp4", "video/mp4", 60)
    middle = len(url) // 2
    # Another digit, not another case: a signature may be written in hexadecimal.
    forged = url[:middle] + ("1" if url[middle] != "1" else "2") + url[middle + 1 :]
    assert httpx.get(forged).status_code in (400, 403, 404, 410)
    assert httpx.get(url).content == b"mine"


# ── resumable uploads ────────────────────────────────────────────────────────────────────────────────────────────────

CHUNK = 256 * 1024


def send(url: str, data: bytes, start: int, total: int) -> httpx.Response:
    end = start + len(data) - 1
    return httpx.put(url, content=data, headers={"Content-Range": f"bytes {start}-{end}/{total}"})


def ask(url: str, total: int | str) -> httpx.Response:
    return httpx.put(url, headers={"Content-Range": f"bytes */{total}"})


@pytest.mark.parametrize("store", GCS_PROTOCOL, indirect=True)
def test_an_upload_in_chunks(store: Store) -> None:
    data = os.urandom(2 * CHUNK + 12_345)
    url = store.start_upload("uploads/1/source.mp4", len(data), "video/mp4").url
    nothing = ask(url, len(data))
    assert nothing.status_code == 308
    assert "range" not in nothing.headers
    first = send(url, data[:CHUNK], 0, len(data))
    assert (first.status_code, first.headers["range"]) == (308, f"bytes=0-{CHUNK - 1}")
    assert code_of(lambda: store.stat("uploads/1/source.mp4")) == "object_not_found"
    assert ask(url, len(data)).headers["range"] == f"bytes=0-{CHUNK - 1}"
    assert send(url, data[CHUNK : 2 * CHUNK], CHUNK, len(data)).headers["range"] == f"bytes=0-{2 * CHUNK - 1}"
    last = send(url, data[2 * CHUNK :], 2 * CHUNK, len(data))
    assert last.status_code == 200
    found = store.stat("uploads/1/source.mp4")
    assert last.json()["generation"] == str(found.generation)
    assert (last.json()["name"], last.json()["size"]) == (found.name, str(len(data)))
    assert found.crc32c == base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode()
    assert found.content_type == "video/mp4"
    assert read(store, found.name) == data
    again = ask(url, len(data))  # the last answer was lost
    assert (again.status_code, again.json()["generation"]) == (200, str(found.generation))


@pytest.mark.parametrize("store", GCS_PROTOCOL, indirect=True)
def test_an_upload_at_once(store: Store) -> None:
    data = os.urandom(CHUNK + 1)
    url = store.start_upload("x.mp4", len(data), "video/mp4").url
    assert httpx.put(url, content=data).status_code == 200
    assert read(store, "x.mp4") == data


@pytest.mark.parametrize("store", GCS_PROTOCOL, indirect=True)
def test_bytes_that_are_there_are_ignored(store: Store) -> None:
    data = os.urandom(3 * CHUNK)
    url = store.start_upload("x.mp4", len(data), "video/mp4").url
    send(url, data[: 2 * CHUNK], 0, len(data))
    assert send(url, b"\0" * CHUNK, 0, len(data)).headers["range"] == f"bytes=0-{2 * CHUNK - 1}"
    assert send(url, data[CHUNK:], CHUNK, len(data)).status_code == 200
    assert read(store, "x.mp4") == data


@pytest.mark.parametrize("store", GCS_PROTOCOL, indirect=True)
def test_an_upload_never_overwrites(store: Store) -> None:
    second = store.start_upload("x.mp4", 6, "video/mp4").url
    store.put("x.mp4", b"first")
    assert httpx.put(second, content=b"second").status_code == 412
    assert read(store, "x.mp4") == b"first"


@pytest.mark.parametrize("store", GCS_PROTOCOL, indirect=True)
def test_a_cancelled_upload_is_gone(store: Store) -> None:
    data = os.urandom(2 * CHUNK)
    url = store.start_upload("x.mp4", len(data), "video/mp4").url
    send(url, data[:CHUNK], 0, len(data))
    assert httpx.delete(url).status_code == 499
    assert ask(url, len(data)).status_code in (404, 410, 499)
    assert send(url, data[CHUNK:], CHUNK, len(data)).status_code in (404, 410, 499)
    assert list(store.list()) == []
