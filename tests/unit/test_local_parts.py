"""The smaller parts of the one-machine edition: deposits, tokens, duties, settings for workers."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from pydantic import SecretStr

from aisubs.adapters.store.local import LocalStore
from aisubs.local.deposit import CalledOff, StillChanging, deposit, steady
from aisubs.local.environment import environment_of
from aisubs.local.periodic import Periodic
from aisubs.local.tokens import COMMAND_LINE, INBOX, own_holder, own_token
from aisubs.local.web import PortTaken, WebServer
from aisubs.model.errors import AisubsError, error
from aisubs.settings import Settings, read_settings

TIMEOUT_S = 30


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "talk.mp4"
    path.write_bytes(b"sound" * 1_000_000)
    return path


def stored_names(store: LocalStore) -> list[str]:
    return [item.name for item in store.list()]


def test_a_deposit_knows_what_it_was_made_of(tmp_path: Path, recording: Path) -> None:
    store = LocalStore(tmp_path / "store")
    with steady(recording) as file:
        stored = deposit(store, file, "inbox/talk.mp4", {"language": "en"})
        assert file.signature.stands_in(store.stat("inbox/talk.mp4").metadata)
    assert (stored.size_bytes, stored.content_type) == (5_000_000, "video/mp4")
    assert stored.metadata["language"] == "en"
    recording.write_bytes(b"other")
    with steady(recording) as file:
        assert not file.signature.stands_in(stored.metadata)


def test_a_file_that_changes_under_the_copy_leaves_nothing(tmp_path: Path, recording: Path) -> None:
    store = LocalStore(tmp_path / "store")
    with steady(recording) as file:
        recording.write_bytes(b"another take")
        with pytest.raises(StillChanging):
            deposit(store, file, "inbox/talk.mp4", {})
    assert stored_names(store) == []


def test_a_copy_can_be_called_off_in_the_middle(tmp_path: Path, recording: Path) -> None:
    store = LocalStore(tmp_path / "store")
    reads = 0

    def check() -> None:
        nonlocal reads
        reads += 1
        if reads > 2:
            raise CalledOff

    with steady(recording, check) as file, pytest.raises(CalledOff):
        deposit(store, file, "inbox/talk.mp4", {})
    assert stored_names(store) == []


def test_a_folder_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"), steady(tmp_path):
        pass


def test_tokens_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: own_token(tmp_path, INBOX), range(32)))
    assert len(made) == 1
    assert len(made.pop()) >= 43
    folder = tmp_path / "tokens"
    assert [path.name for path in folder.iterdir()] == [INBOX]
    assert stat.S_IMODE((folder / INBOX).stat().st_mode) == 0o600
    assert own_token(tmp_path, COMMAND_LINE) != own_token(tmp_path, INBOX)
    assert len(own_holder(tmp_path).token_hashes) == 2


def test_a_duty_comes_round_however_it_ends() -> None:
    faults = iter([error("database_unavailable"), RuntimeError("boom"), None])
    calls: list[int] = []
    third = Event()

    def duty() -> None:
        calls.append(1)
        fault = next(faults, None)
        if len(calls) >= 3:
            third.set()
        if fault is not None:
            raise fault

    periodic = Periodic("test", 0.001, duty)
    try:
        assert third.wait(TIMEOUT_S)
    finally:
        periodic.close()


def test_a_duty_can_be_asked_for_sooner() -> None:
    sooner, called = Event(), Event()
    periodic = Periodic("test", 3600, called.set, sooner)
    try:
        assert called.wait(TIMEOUT_S), "the first round is at once"
        called.clear()
        sooner.set()
        assert called.wait(TIMEOUT_S)
    finally:
        periodic.close()


def test_a_worker_reads_the_very_settings_of_the_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings(
        data_dir=tmp_path,
        database_url=SecretStr("postgresql://u:p%40ss@127.0.0.1:1/db"),
        model="large-v3-turbo",
        heartbeat_s=1.5,
        cancel_running=True,
        max_upload_bytes=123,
        job_id="not-for-others",
    )
    environment = environment_of(settings)
    assert "JOB_ID" not in environment
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert read_settings(job_id="not-for-others") == settings
    assert set(environment) <= {name.upper() for name in Settings.model_fields}


def test_a_taken_port_is_told_in_a_sentence() -> None:
    first = WebServer("127.0.0.1", 0)
    try:
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(PortTaken, match=f"Port {port} is taken"):
            WebServer("127.0.0.1", port)
    finally:
        first.stop()
    WebServer("127.0.0.1", port).stop()


def test_a_name_that_the_store_refuses_is_no_deposit(tmp_path: Path, recording: Path) -> None:
    store = LocalStore(tmp_path / "store")
    with steady(recording) as file, pytest.raises(AisubsError) as refused:
        deposit(store, file, "inbox/../../etc/passwd", {})
    assert refused.value.code == "bad_name"
