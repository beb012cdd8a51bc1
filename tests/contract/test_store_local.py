"""What only the local store has to prove: kill -9 at any step, several processes, and the server's side of uploads."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Barrier, Thread
from urllib.parse import urlsplit

import httpx
import pytest
import requests
from fastapi import FastAPI
from google.resumable_media.requests import ResumableUpload
from pytest_mock import MockerFixture

from aisubs.adapters.store.folder import Folder
from aisubs.adapters.store.local import LocalStore
from aisubs.adapters.store.local.sessions import ANSWERS_AFTER_FINISH_S
from aisubs.http.faults import install
from aisubs.http.files import file_routes
from aisubs.http.uploads import BLOCK_BYTES, upload_routes
from aisubs.model.errors import AisubsError
from aisubs.ports import StoredObject
from tests.contract.test_store import BAD_NAMES, CHUNK, ask, code_of, read, send
from tests.http_server import serve, until


@pytest.fixture
def told() -> list[StoredObject]:
    return []


@pytest.fixture
def store(tmp_path: Path, told: list[StoredObject]) -> Iterator[LocalStore]:
    http = FastAPI()
    install(http)
    with serve(http) as url:
        store = LocalStore(tmp_path / "store", public_url=url)
        http.include_router(upload_routes(store, told.append))
        http.include_router(file_routes(store, store))
        yield store


# ── kill -9 ──────────────────────────────────────────────────────────────────────────────────────────────────────────

# For each line (folder, deed, step) it forks a child that kills itself at the step-th change of the file system.
VICTIMS = """
import os, signal, sys
from pathlib import Path
from aisubs.adapters.store.local import LocalStore

def child(root, deed, step):
    store = LocalStore(Path(root))
    left = int(step)

    def watch(event, arguments):
        nonlocal left
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if writes or event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir"):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    if deed == "put":
        store.put("inbox/talk.mp4", b"n" * 1000)
    elif deed == "delete":
        store.delete("inbox/talk.mp4")
    else:
        store.append(deed, 1000, 2000, iter([b"n" * 1000]))
    os._exit(0)

for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        child(*line.split())
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""

KillAt = Callable[[Path, str, int], bool]


@pytest.fixture
def kill_at() -> Iterator[KillAt]:
    """Does a deed to a store and dies at a step of it; True when the deed was done before it came to that step."""
    command = [sys.executable, "-c", VICTIMS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as victims:

        def kill(root: Path, deed: str, step: int) -> bool:
            assert victims.stdin
            assert victims.stdout
            victims.stdin.write(f"{root} {deed} {step}\n")
            victims.stdin.flush()
            code = int(victims.stdout.readline())
            assert code in (0, -signal.SIGKILL)
            return code == 0

        yield kill


def test_kill_while_overwriting_leaves_the_old_or_the_new(tmp_path: Path, kill_at: KillAt) -> None:
    done, step = False, 0
    while not done:
        step += 1
        store = LocalStore(tmp_path / str(step))
        old = store.put("inbox/talk.mp4", b"o" * 500)
        done = kill_at(tmp_path / str(step), "put", step)
        found = store.stat("inbox/talk.mp4")
        assert read(store, found.name) == (b"o" * 500 if found.generation == old.generation else b"n" * 1000)
        after = store.put("inbox/talk.mp4", b"after")
        assert after.generation > found.generation
        kept = [path.name for path in (tmp_path / str(step) / "objects/inbox").iterdir()]
        assert sorted(kept) == sorted([f"talk.mp4@{after.generation}", "talk.mp4@json"])
    assert step > 5


def test_kill_while_deleting_leaves_all_or_nothing(tmp_path: Path, kill_at: KillAt) -> None:
    done, step = False, 0
    while not done:
        step += 1
        store = LocalStore(tmp_path / str(step))
        store.put("inbox/talk.mp4", b"o" * 500)
        done = kill_at(tmp_path / str(step), "delete", step)
        assert all(read(store, item.name) == b"o" * 500 for item in store.list())
        store.delete("inbox/talk.mp4")
        assert list((tmp_path / str(step) / "objects").iterdir()) == []
    assert step > 2


def test_kill_while_finishing_an_upload_loses_nothing(tmp_path: Path, kill_at: KillAt) -> None:
    done, step = False, 0
    while not done:
        step += 1
        store = LocalStore(tmp_path / str(step))
        session_id = store.start_upload("uploads/1/source.mp4", 2000, "video/mp4").url.rsplit("/", 1)[1]
        store.append(session_id, 0, 2000, iter([b"o" * 1000]))
        done = kill_at(tmp_path / str(step), session_id, step)
        state = store.status(session_id)
        if state.finished is None:  # as the client does: ask, then send what is missing
            assert state.stored_bytes in (1000, 2000)
            rest = b"n" * (2000 - state.stored_bytes)
            state = store.append(session_id, state.stored_bytes, 2000, iter([rest]))
        found = store.stat("uploads/1/source.mp4")
        assert state.finished == found
        assert read(store, found.name) == b"o" * 1000 + b"n" * 1000
        assert found.crc32c == LocalStore(tmp_path / "other").put("x", b"o" * 1000 + b"n" * 1000).crc32c
    assert step > 8


WRITER = """
import sys
from pathlib import Path
from aisubs.adapters.store.local import LocalStore
from aisubs.model.errors import AisubsError

store, mark = LocalStore(Path(sys.argv[1])), sys.argv[2].encode()
made = 0
for number in range(30):
    store.put("shared", mark * 5000)
    try:
        store.put(f"once/{number}", mark, if_generation_match=0)
        made += 1
    except AisubsError as fault:
        assert fault.code == "precondition_failed"
print(made)
"""


def test_processes_share_a_store(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), mark], stdout=subprocess.PIPE)
        for mark in ("a", "b", "c", "d")
    ]
    made = [int(writer.communicate()[0]) for writer in writers]
    assert sum(made) == 30
    store = LocalStore(tmp_path)
    assert len(set(read(store, "shared"))) == 1
    assert len(read(store, "shared")) == 5000
    assert len(list(store.list("once/"))) == 30
    assert len(list((tmp_path / "objects").glob("shared@*"))) == 2


# ── the server's side of uploads ─────────────────────────────────────────────────────────────────────────────────────


def session_of(url: str) -> str:
    return url.rsplit("/", 1)[1]


def test_a_session_survives_a_restart(store: LocalStore, tmp_path: Path) -> None:
    data = os.urandom(3 * CHUNK)
    url = store.start_upload("x.mp4", len(data), "video/mp4").url
    send(url, data[:CHUNK], 0, len(data))
    reborn = LocalStore(tmp_path / "store")
    assert reborn.status(session_of(url)).stored_bytes == CHUNK
    state = reborn.append(session_of(url), CHUNK, len(data), iter([data[CHUNK : 2 * CHUNK], data[2 * CHUNK :]]))
    assert state.finished is not None
    assert read(store, "x.mp4") == data


def test_a_cut_connection_keeps_what_arrived(store: LocalStore, told: list[StoredObject]) -> None:
    data = os.urandom(4 * CHUNK)
    url = store.start_upload("x.mp4", len(data), "video/mp4").url
    at = urlsplit(url)
    with socket.create_connection((at.hostname, at.port)) as wire:
        head = f"PUT {at.path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(data)}\r\n"
        wire.sendall(f"{head}Content-Range: bytes 0-{len(data) - 1}/{len(data)}\r\n\r\n".encode())
        wire.sendall(data[: 2 * CHUNK + 999])
    until(lambda: store.status(session_of(url)).stored_bytes)
    stored = store.status(session_of(url)).stored_bytes
    assert 0 < stored <= 2 * CHUNK + 999
    assert ask(url, len(data)).headers["range"] == f"bytes=0-{stored - 1}"
    assert told == []
    assert send(url, data[stored:], stored, len(data)).status_code == 200
    assert read(store, "x.mp4") == data
    assert [item.name for item in told] == ["x.mp4"]


def test_a_stuck_connection_does_not_hold_up_the_next(store: LocalStore) -> None:
    """The phone has changed networks; the server does not know yet that the old connection is dead."""
    data = os.urandom(3 * BLOCK_BYTES)
    url = store.start_upload("x.mp4", len(data), "video/mp4").url
    at = urlsplit(url)
    with socket.create_connection((at.hostname, at.port)) as stuck:
        head = f"PUT {at.path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(data)}\r\n"
        stuck.sendall(f"{head}Content-Range: bytes 0-{len(data) - 1}/{len(data)}\r\n\r\n".encode())
        stuck.sendall(data[: BLOCK_BYTES + 5])
        until(lambda: store.status(session_of(url)).stored_bytes)
        stored = store.status(session_of(url)).stored_bytes
        assert send(url, data[stored:], stored, len(data)).status_code == 200
        stuck.sendall(data[BLOCK_BYTES + 5 :])  # and now the rest comes after all
        answer = stuck.recv(65536)
    assert answer.startswith(b"HTTP/1.1 200")
    assert read(store, "x.mp4") == data


def test_two_clients_of_one_session(store: LocalStore) -> None:
    data = os.urandom(6 * BLOCK_BYTES + 77)
    url = store.start_upload("x.mp4", len(data), "video/mp4").url
    barrier = Barrier(2)
    statuses: list[int] = []

    def client() -> None:
        barrier.wait()
        start = 0
        while True:
            answer = send(url, data[start : start + BLOCK_BYTES], start, len(data))
            if answer.status_code != 308:
                statuses.append(answer.status_code)
                return
            start = int(answer.headers["range"].rsplit("-", 1)[1]) + 1

    threads = [Thread(target=client) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200, 200]
    assert read(store, "x.mp4") == data


def test_a_gap_is_answered_with_the_place_to_go_on(store: LocalStore) -> None:
    url = store.start_upload("x.mp4", 3 * CHUNK, "video/mp4").url
    send(url, b"a" * CHUNK, 0, 3 * CHUNK)
    answer = send(url, b"c" * CHUNK, 2 * CHUNK, 3 * CHUNK)
    assert (answer.status_code, answer.headers["range"]) == (308, f"bytes=0-{CHUNK - 1}")
    assert store.status(session_of(url)).stored_bytes == CHUNK
    with pytest.raises(AisubsError) as caught:
        store.append(session_of(url), 2 * CHUNK, 3 * CHUNK, iter([b"c"]))
    assert (caught.value.code, caught.value.details["offset"]) == ("upload_offset", CHUNK)


@pytest.mark.parametrize(
    ("content_range", "length", "status", "code"),
    [
        ("bytes 0-9/11", 10, 409, "size_mismatch"),
        ("bytes */11", 0, 409, "size_mismatch"),
        ("bytes 0-9/100", 5, 422, "bad_request"),
        ("bytes 95-104/100", 10, 422, "bad_request"),
        ("bytes 9-0/100", 10, 422, "bad_request"),
        ("items 0-9/100", 10, 422, "bad_request"),
        ("bytes 0-9/100, 10-19/100", 10, 422, "bad_request"),
        (None, 10, 409, "size_mismatch"),
    ],
)
def test_ranges_that_cannot_be(
    store: LocalStore, content_range: str | None, length: int, status: int, code: str
) -> None:
    url = store.start_upload("x.mp4", 100, "video/mp4").url
    headers = {"Content-Range": content_range} if content_range else {}
    answer = httpx.put(url, content=b"x" * length, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert store.status(session_of(url)).stored_bytes == 0


def test_a_body_without_a_length_may_not_exceed_its_range(store: LocalStore) -> None:
    url = store.start_upload("x.mp4", 100, "video/mp4").url
    answer = httpx.put(url, content=iter([b"x" * 20, b"x" * 20]), headers={"Content-Range": "bytes 0-29/100"})
    assert answer.json()["error"]["code"] == "size_mismatch"
    answer = httpx.put(url, content=iter([b"x" * 20, b"x" * 10]), headers={"Content-Range": "bytes 0-29/*"})
    assert (answer.status_code, answer.headers["range"]) == (308, "bytes=0-29")
    assert ask(url, "*").headers["range"] == "bytes=0-29"


@pytest.mark.parametrize("session_id", ["x", "..", "0" * 75, "0" * 32 + "A" * 43, "%00", "a" * 5000])
def test_sessions_that_never_were(store: LocalStore, session_id: str) -> None:
    base = store.start_upload("x.mp4", 1, "video/mp4").url.rsplit("/", 1)[0]
    answer = ask(f"{base}/{session_id}", 1)
    assert answer.status_code in (404, 405, 410)
    assert code_of(lambda: store.status(session_id)) == "upload_gone"
    store.cancel(session_id)


def test_a_session_expires_and_its_bytes_go(tmp_path: Path) -> None:
    store = LocalStore(tmp_path, session_ttl_s=0)
    session_id = session_of(store.start_upload("x.mp4", 10, "video/mp4").url)
    assert code_of(lambda: store.append(session_id, 0, 10, iter([b"x"]))) == "upload_gone"
    later = store.start_upload("y.mp4", 10, "video/mp4").url
    kept = {path.parent.parent.name for path in (tmp_path / "sessions").glob("*/*/data")}
    assert kept == {session_of(later)[:32]}


def test_what_killed_processes_left_is_cleared_away(store: LocalStore, tmp_path: Path) -> None:
    half = tmp_path / "store/sessions/ab/cd"
    left = [half, tmp_path / "store/tmp/file", tmp_path / "store/tmp/folder", tmp_path / "store/tmp/fresh"]
    for folder in (left[0], left[2]):
        folder.mkdir(parents=True)
        (folder / "data").touch()
    left[1].touch()
    left[3].touch()
    two_days_ago = time.time() - 2 * 86_400
    for path in left[:3]:
        os.utime(path, (two_days_ago, two_days_ago))
    store.start_upload("x.mp4", 1, "video/mp4")
    assert [path for path in left if path.exists()] == [left[3]]


def test_a_finished_session_answers_for_a_day(tmp_path: Path) -> None:
    store = LocalStore(tmp_path, session_ttl_s=3600)
    session_id = session_of(store.start_upload("x.mp4", 1, "video/mp4").url)
    store.append(session_id, 0, 1, iter([b"x"]))
    [state] = [json.loads(path.read_text()) for path in (tmp_path / "sessions").glob("*/*/state.json")]
    assert abs(state["expires_s"] - time.time() - ANSWERS_AFTER_FINISH_S) < 600
    finished = store.status(session_id).finished
    assert finished is not None
    assert finished.name == "x.mp4"


def test_deleting_a_name_ends_its_uploads(store: LocalStore, tmp_path: Path) -> None:
    url = store.start_upload("x.mp4", 2 * CHUNK, "video/mp4").url
    other = store.start_upload("y.mp4", 2, "video/mp4").url
    send(url, b"a" * CHUNK, 0, 2 * CHUNK)
    store.delete("x.mp4", generation=7)
    assert ask(url, 2 * CHUNK).status_code == 308
    store.delete("x.mp4")
    assert ask(url, 2 * CHUNK).status_code == 410
    assert ask(other, 2).status_code == 308
    assert [path.stat().st_size for path in (tmp_path / "store").rglob("data")] == [0]
    assert list((tmp_path / "store/tmp").iterdir()) == []


def test_a_listener_that_fails_does_not_fail_the_upload(tmp_path: Path) -> None:
    def fail(_found: StoredObject) -> None:
        raise RuntimeError("the database is down")

    http = FastAPI()
    install(http)
    with serve(http) as url:
        store = LocalStore(tmp_path, public_url=url)
        http.include_router(upload_routes(store, fail))
        assert httpx.put(store.start_upload("x.mp4", 3, "video/mp4").url, content=b"abc").status_code == 200
    assert read(store, "x.mp4") == b"abc"


def test_googles_own_client_uploads(store: LocalStore, told: list[StoredObject]) -> None:
    """google-resumable-media sends a chunk, loses its place, recovers it and goes on to the end."""
    data = os.urandom(5 * CHUNK + 321)
    upload = ResumableUpload("https://unused.invalid", CHUNK)
    # What its initiate() would do; our sessions are opened by the API.
    upload._resumable_url = store.start_upload("x.mp4", len(data), "video/mp4").url
    upload._stream, upload._total_bytes, upload._content_type = io.BytesIO(data), len(data), "video/mp4"
    with requests.Session() as session:
        upload.transmit_next_chunk(session)
        upload._make_invalid()
        upload._bytes_uploaded = 0
        upload.recover(session)
        assert upload.bytes_uploaded == CHUNK
        while not upload.finished:
            answer = upload.transmit_next_chunk(session)
    assert answer.json()["name"] == "x.mp4"
    assert read(store, "x.mp4") == data
    assert [item.size_bytes for item in told] == [len(data)]


def test_reads_are_safe_to_open_in_a_browser(store: LocalStore) -> None:
    store.put("evil.mp4", b"<script>alert(1)</script>", "text/html")
    answer = httpx.get(store.read_url("evil.mp4", "evil.html", "text/html", 60))
    assert answer.headers["content-disposition"].startswith("attachment")
    video = httpx.get(store.read_url("evil.mp4", "talk.mp4", "video/mp4", 60))
    assert video.headers["content-disposition"].startswith("inline")


def test_conditional_reads(store: LocalStore) -> None:
    store.put("talk.mp4", b"0123456789", "video/mp4")
    url = store.read_url("talk.mp4", "talk.mp4", "video/mp4", 60)
    first = httpx.get(url, headers={"Range": "bytes=0-"})
    assert (first.status_code, first.content) == (206, b"0123456789")
    tag, modified = first.headers["etag"], first.headers["last-modified"]
    assert httpx.get(url, headers={"If-None-Match": tag}).status_code == 304
    assert httpx.get(url, headers={"Range": "bytes=2-3", "If-Range": tag}).content == b"23"
    assert httpx.get(url, headers={"Range": "bytes=2-3", "If-Range": modified}).status_code == 206
    assert httpx.get(url, headers={"Range": "bytes=2-3", "If-Range": '"another"'}).content == b"0123456789"
    assert httpx.get(url, headers={"Range": "bytes=0-1,4-5"}).status_code == 200
    assert httpx.get(url, headers={"Range": "bytes=5-2"}).status_code == 200
    assert httpx.get(url, headers={"Range": "bytes=-0"}).status_code == 416
    head = httpx.head(url, headers={"Range": "bytes=2-3"})
    assert (head.status_code, head.headers["content-length"], head.content) == (206, "2", b"")
    store.put("talk.mp4", b"another", "video/mp4")
    assert httpx.get(url).status_code == 404  # the link was for what is no longer there


def test_a_folder_that_cannot_be_made_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where a folder should be")
    assert code_of(lambda: LocalStore(tmp_path / "store")) == "store_unavailable"


def test_a_full_disk_is_told_as_such(tmp_path: Path, mocker: MockerFixture) -> None:
    """By the system, when the bytes are brought to the disk; what was there before stays, and nothing is left about."""
    store = LocalStore(tmp_path / "store")
    store.put("talk.mp4", b"older")
    full = mocker.patch("os.fsync", side_effect=OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert code_of(lambda: store.put("talk.mp4", b"newer")) == "store_unavailable"
    assert full.called
    assert store.open("talk.mp4").read_at(0, 9) == b"older"
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file() and path.read_bytes() == b"newer"] == []
    mocker.stopall()
    assert store.put("talk.mp4", b"newer").size_bytes == 5


def test_generations_rise_although_the_clock_goes_back(tmp_path: Path, mocker: MockerFixture) -> None:
    """As when the battery of a small machine is empty: a newer version must not look older than the one it replaces."""
    store = LocalStore(tmp_path / "store")
    today = store.put("talk.mp4", b"one").generation
    mocker.patch("time.time_ns", return_value=0)  # 1970
    assert [store.put("talk.mp4", b"two").generation, store.put("else.mp4", b"x").generation] == [today + 1, today + 2]


# ── the results folder ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_results_folder_takes_files_with_any_name(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert folder.put("sub/\U0001f3a4 it's.mp4.srt", b"one").read_bytes() == b"one"
    assert folder.put("sub/\U0001f3a4 it's.mp4.srt", b"two").read_bytes() == b"two"
    long = folder.put("\u6f22" * 300 + ".mp4.srt", b"three")
    assert len(long.name.encode()) <= 255
    assert long.name.endswith(".srt")
    assert sorted(path.name for path in (tmp_path / "sub").iterdir()) == ["\U0001f3a4 it's.mp4.srt"]


@pytest.mark.parametrize("name", BAD_NAMES[:-2], ids=lambda name: ascii(name)[:20])
def test_a_results_folder_is_never_left(tmp_path: Path, name: str) -> None:
    assert code_of(lambda: Folder(tmp_path / "results").put(name, b"x")) == "bad_name"
    assert list(tmp_path.iterdir()) == []
