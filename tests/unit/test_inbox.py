"""The inbox takes each whole file once, whatever people, browsers and recorders do to the folder."""

from __future__ import annotations

import errno
import fcntl
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import pytest
from pytest_mock import MockerFixture

from aisubs.local.deposit import StillChanging, steady
from aisubs.local.inbox import Inbox
from aisubs.local.inbox_journal import InboxJournal
from aisubs.model.errors import error

SETTLE_S = 0.01


@dataclass
class Ledger:
    """A taker that writes down what it was given, reading files as the real one does."""

    taken: list[tuple[str, bytes]] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    asked: list[list[str]] = field(default_factory=list)
    fault: Exception | None = None
    took: Event = field(default_factory=Event)

    def take(self, path: Path, name: str) -> None:
        if self.fault:
            raise self.fault
        with steady(path) as file:
            self.taken.append((name, file.read()))
        self.waiting.add(name)
        self.took.set()

    def take_back(self, names: list[str]) -> list[str]:
        if self.fault:
            raise self.fault
        self.asked.append(names)
        cancelled = [name for name in names if name in self.waiting]
        self.waiting -= set(cancelled)
        return cancelled

    def tell(self, name: str, sentence: str) -> None:
        self.told[name] = sentence

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.taken]


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def inbox(tmp_path: Path, ledger: Ledger) -> Inbox:
    return make_inbox(tmp_path, ledger)


def make_inbox(tmp_path: Path, ledger: Ledger) -> Inbox:
    folder = tmp_path / "inbox"
    folder.mkdir(exist_ok=True)
    return Inbox(folder, InboxJournal(tmp_path / "journal"), ledger, settle_s=SETTLE_S, empty_grace_s=SETTLE_S)


def settle(inbox: Inbox) -> None:
    """Look until nothing is waiting, as `watch` does."""
    pause = Event()
    for _ in range(20):
        if not inbox.scan():
            return
        pause.wait(SETTLE_S)
    raise AssertionError("the inbox never settled")


def test_a_file_is_taken_at_the_second_look_and_only_once(inbox: Inbox, ledger: Ledger) -> None:
    (inbox.folder / "talk.mp4").write_bytes(b"sound")
    assert inbox.scan()
    assert ledger.taken == []
    settle(inbox)
    settle(inbox)
    assert ledger.taken == [("talk.mp4", b"sound")]
    assert (inbox.folder / "talk.mp4").read_bytes() == b"sound"


def test_a_file_that_grows_between_looks_is_left_alone(inbox: Inbox, ledger: Ledger) -> None:
    path = inbox.folder / "talk.mp4"
    for size in range(1, 6):
        path.write_bytes(b"x" * size)
        assert inbox.scan()
    assert ledger.taken == []
    settle(inbox)
    assert ledger.taken == [("talk.mp4", b"xxxxx")]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who has a file open for writing")
def test_a_file_that_somebody_still_writes_is_left_alone_however_quiet(inbox: Inbox, ledger: Ledger) -> None:
    path = inbox.folder / "stream.mkv"
    with path.open("wb") as recorder:
        recorder.write(b"first")
        recorder.flush()
        for _ in range(5):
            Event().wait(SETTLE_S)
            assert inbox.scan()
        assert ledger.taken == []
    settle(inbox)
    assert ledger.names == ["stream.mkv"]


def test_where_nobody_can_tell_who_writes_size_and_time_have_to_do(
    inbox: Inbox, ledger: Ledger, mocker: MockerFixture
) -> None:
    """A file system without leases, such as a share of another machine."""
    lease = mocker.patch("fcntl.fcntl", side_effect=OSError(errno.EINVAL, "no leases here"))
    with (inbox.folder / "talk.mp4").open("wb") as writer:
        writer.write(b"sound")
        writer.flush()
        settle(inbox)
    assert lease.called or sys.platform != "linux"
    assert ledger.names == ["talk.mp4"]


def test_a_locked_file_is_left_alone(inbox: Inbox, ledger: Ledger) -> None:
    path = inbox.folder / "talk.mp4"
    path.write_bytes(b"sound")
    with path.open("rb") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        inbox.scan()
        Event().wait(SETTLE_S)
        assert inbox.scan()
    settle(inbox)
    assert ledger.names == ["talk.mp4"]


@pytest.mark.parametrize(
    "name",
    [".hidden.mp4", "~lock.mp4", "talk.mp4.part", "talk.mp4.crdownload", "talk.tmp", "talk.mp4~", "talk.srt", "a.JPG"],
)
def test_what_is_no_finished_recording_is_passed_over(inbox: Inbox, ledger: Ledger, name: str) -> None:
    (inbox.folder / name).write_bytes(b"x")
    settle(inbox)
    assert ledger.taken == []
    assert ledger.told == {}


@pytest.mark.parametrize(
    "name",
    [
        "déjà vu.mp4",
        "🎬 final (2).mov",
        'it\'s "quoted".mp3',
        "two  spaces .wav",
        "عربي‏.mp4",
        "a/b/c/deep.m4a",
        "..dots.mp4x",
        "no suffix",
        "new\nline.mp4",
    ],
)
def test_any_name_in_any_folder_is_taken(inbox: Inbox, ledger: Ledger, name: str) -> None:
    path = inbox.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"sound")
    settle(inbox)
    assert ledger.names == ([] if name.startswith(".") else [name])


def test_what_is_unpacked_is_taken_under_its_last_name(inbox: Inbox, ledger: Ledger) -> None:
    folder = inbox.folder / "_UNPACK_Show"
    folder.mkdir()
    (folder / "ep.m4a").write_bytes(b"sound")
    settle(inbox)
    assert ledger.taken == []
    folder.rename(inbox.folder / "Show")
    settle(inbox)
    assert ledger.names == ["Show/ep.m4a"]


def test_a_download_that_goes_on_under_the_last_name_is_waited_for(inbox: Inbox, ledger: Ledger) -> None:
    (inbox.folder / "talk.mp4").write_bytes(b"so far")
    control = inbox.folder / "talk.mp4.aria2"
    control.write_bytes(b"x")
    settle(inbox)
    assert ledger.taken == []
    control.unlink()
    settle(inbox)
    assert ledger.names == ["talk.mp4"]


def test_the_place_that_a_browser_keeps_gets_no_sentence(inbox: Inbox, ledger: Ledger) -> None:
    (inbox.folder / "talk.mp4").touch()
    filled = inbox.folder / "aB3dEf.mp4.part"
    filled.write_bytes(b"so far")
    settle(inbox)
    assert (ledger.taken, ledger.told) == ([], {})
    filled.rename(inbox.folder / "talk.mp4")
    settle(inbox)
    assert ledger.taken == [("talk.mp4", b"so far")]


def test_what_is_passed_over_is_logged_once_with_its_reason(
    inbox: Inbox, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    (inbox.folder / "films" / "@eaDir").mkdir(parents=True)
    (inbox.folder / "films" / "@eaDir" / "talk.mp4").write_bytes(b"x")
    (inbox.folder / "films" / "talk.f137.mp4").write_bytes(b"x")
    with caplog.at_level("DEBUG", "aisubs.local.inbox"):
        settle(inbox)
        settle(inbox)
    said = {record.object: record.reason for record in caplog.records if record.message == "inbox.passed_over"}  # type: ignore[attr-defined]
    assert len([record for record in caplog.records if record.message == "inbox.passed_over"]) == 2
    assert said == {
        "films/@eaDir": "in @eaDir, which is the system's",
        "films/talk.f137.mp4": "not there yet, by its name",
    }


def test_a_file_that_is_taken_back_while_it_waits_is_taken_again_when_it_returns(
    tmp_path: Path, inbox: Inbox, ledger: Ledger
) -> None:
    path = inbox.folder / "talk.mp4"
    path.write_bytes(b"sound")
    settle(inbox)
    path.rename(tmp_path / "aside.mp4")
    settle(inbox)
    assert ledger.asked == [["talk.mp4"]]
    settle(make_inbox(tmp_path, ledger))
    assert ledger.asked == [["talk.mp4"]], "a restart does not ask again"
    (tmp_path / "aside.mp4").rename(path)
    settle(inbox)
    assert ledger.names == ["talk.mp4", "talk.mp4"]


def test_a_file_that_is_put_away_once_it_is_worked_on_is_not_taken_again(
    tmp_path: Path, inbox: Inbox, ledger: Ledger
) -> None:
    path = inbox.folder / "talk.mp4"
    path.write_bytes(b"sound")
    settle(inbox)
    ledger.waiting.clear()
    path.rename(tmp_path / "aside.mp4")
    settle(inbox)
    settle(inbox)
    assert ledger.asked == [["talk.mp4"]], "asked once"
    (tmp_path / "aside.mp4").rename(path)
    settle(inbox)
    assert ledger.names == ["talk.mp4"]
    path.unlink()
    settle(inbox)
    assert ledger.asked == [["talk.mp4"], ["talk.mp4"]]


def test_a_file_that_is_away_for_a_moment_is_not_taken_back(tmp_path: Path, ledger: Ledger) -> None:
    """As editors and synchronisers do it: away, and there again before the second look."""
    inbox = make_inbox(tmp_path, ledger)
    path = inbox.folder / "talk.mp4"
    path.write_bytes(b"sound")
    settle(inbox)
    inbox.settle_s = 1000.0
    path.rename(tmp_path / "aside.mp4")
    assert inbox.scan(), "it wants a second look"
    (tmp_path / "aside.mp4").rename(path)
    inbox.scan()
    inbox.settle_s = SETTLE_S
    settle(inbox)
    assert ledger.asked == []


def test_a_folder_that_cannot_be_read_says_nothing_about_its_files(
    inbox: Inbox, ledger: Ledger, mocker: MockerFixture
) -> None:
    (inbox.folder / "nas").mkdir()
    (inbox.folder / "nas" / "talk.mp4").write_bytes(b"sound")
    settle(inbox)
    really = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("nas"):
            raise PermissionError(13, "Permission denied", path)
        return really(path)

    mocker.patch("os.scandir", scandir)
    settle(inbox)
    assert "cannot be read" in ledger.told["nas"]
    assert ledger.asked == []
    mocker.stopall()
    settle(inbox)
    assert (ledger.names, ledger.asked) == (["nas/talk.mp4"], [])


def test_nothing_is_taken_back_while_the_database_is_away(inbox: Inbox, ledger: Ledger) -> None:
    path = inbox.folder / "talk.mp4"
    path.write_bytes(b"sound")
    settle(inbox)
    path.unlink()
    ledger.fault = error("database_unavailable")
    settle(inbox)
    ledger.fault = None
    settle(inbox)
    assert ledger.asked == [["talk.mp4"]]


def test_hidden_folders_are_passed_over(inbox: Inbox, ledger: Ledger) -> None:
    (inbox.folder / ".Trash").mkdir()
    (inbox.folder / ".Trash" / "old.mp4").write_bytes(b"x")
    settle(inbox)
    assert ledger.taken == []


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS allows no such name")
def test_a_name_that_is_not_unicode_gets_a_sentence(inbox: Inbox, ledger: Ledger) -> None:
    with open(os.fsencode(inbox.folder) + b"/caf\xe9.mp4", "wb") as file:
        file.write(b"sound")
    settle(inbox)
    assert ledger.taken == []
    assert list(ledger.told) == ["caf�.mp4"]
    assert "Unicode" in ledger.told["caf�.mp4"]


def test_special_files_and_dangling_links_do_no_harm(inbox: Inbox, ledger: Ledger, tmp_path: Path) -> None:
    (inbox.folder / "gone.mp4").symlink_to(tmp_path / "nowhere")
    (inbox.folder / "loop").symlink_to(inbox.folder)
    (tmp_path / "elsewhere.mp4").write_bytes(b"sound")
    (inbox.folder / "linked.mp4").symlink_to(tmp_path / "elsewhere.mp4")
    settle(inbox)
    assert ledger.taken == [("linked.mp4", b"sound")]


def test_a_pipe_is_never_opened(inbox: Inbox, ledger: Ledger) -> None:
    os.mkfifo(inbox.folder / "pipe.mp4")
    reader = Thread(target=settle, args=(inbox,), daemon=True)
    reader.start()
    reader.join(10)
    assert not reader.is_alive(), "opening a pipe without a writer waits for ever"
    assert ledger.taken == []
    assert ledger.told == {}


def test_a_changed_file_is_taken_again(inbox: Inbox, ledger: Ledger) -> None:
    path = inbox.folder / "talk.mp4"
    path.write_bytes(b"one")
    settle(inbox)
    path.write_bytes(b"two")
    os.utime(path, ns=(1, 1))
    settle(inbox)
    assert ledger.taken == [("talk.mp4", b"one"), ("talk.mp4", b"two")]


def test_a_new_start_takes_nothing_again(tmp_path: Path, inbox: Inbox, ledger: Ledger) -> None:
    (inbox.folder / "talk.mp4").write_bytes(b"sound")
    settle(inbox)
    (inbox.folder / "next.mp4").write_bytes(b"more")
    settle(make_inbox(tmp_path, ledger))
    assert ledger.names == ["talk.mp4", "next.mp4"]


def test_a_torn_journal_loses_only_its_last_line(tmp_path: Path, inbox: Inbox, ledger: Ledger) -> None:
    for name in ("a.mp4", "b.mp4"):
        (inbox.folder / name).write_bytes(b"sound")
    settle(inbox)
    journal = tmp_path / "journal"
    journal.write_bytes(journal.read_bytes()[:-5])
    again = make_inbox(tmp_path, ledger)
    settle(again)
    settle(again)
    assert ledger.names == ["a.mp4", "b.mp4", "b.mp4"]


def test_an_empty_file_gets_time_and_then_a_sentence(inbox: Inbox, ledger: Ledger) -> None:
    (inbox.folder / "empty.mp4").touch()
    settle(inbox)
    assert ledger.told == {"empty.mp4": "This file is empty."}


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_an_unreadable_file_gets_a_sentence_and_is_taken_once_it_can_be_read(inbox: Inbox, ledger: Ledger) -> None:
    path = inbox.folder / "secret.mp4"
    path.write_bytes(b"sound")
    path.chmod(0)
    settle(inbox)
    assert "cannot be read" in ledger.told["secret.mp4"]
    path.chmod(0o600)
    settle(inbox)
    assert ledger.names == ["secret.mp4"]


def test_a_read_error_gets_a_sentence_and_is_tried_again(inbox: Inbox, ledger: Ledger) -> None:
    (inbox.folder / "talk.mp4").write_bytes(b"sound")
    ledger.fault = PermissionError(13, "Permission denied")
    settle(inbox)
    assert ledger.told == {"talk.mp4": "This file cannot be read (Permission denied). It is tried again and again."}
    ledger.fault = None
    settle(inbox)
    assert ledger.names == ["talk.mp4"]


def test_a_service_that_is_away_only_postpones(inbox: Inbox, ledger: Ledger) -> None:
    (inbox.folder / "talk.mp4").write_bytes(b"sound")
    ledger.fault = error("database_unavailable")
    settle(inbox)
    assert ledger.told == {}
    ledger.fault = None
    settle(inbox)
    assert ledger.names == ["talk.mp4"]


def test_a_refusal_is_told_once_and_for_all(tmp_path: Path, inbox: Inbox, ledger: Ledger) -> None:
    (inbox.folder / "talk.mp4").write_bytes(b"sound")
    ledger.fault = error("bad_name")
    settle(inbox)
    assert ledger.told["talk.mp4"] == error("bad_name").sentence
    ledger.fault = None
    settle(make_inbox(tmp_path, ledger))
    assert ledger.taken == []


def test_watching_wakes_up_for_a_drop_and_ends_when_told(inbox: Inbox, ledger: Ledger) -> None:
    stop = Event()
    watcher = Thread(target=inbox.watch, args=(stop,), daemon=True)
    watcher.start()
    try:
        (inbox.folder / "talk.mp4").write_bytes(b"sound")
        assert ledger.took.wait(30)
    finally:
        stop.set()
        watcher.join(30)
    assert not watcher.is_alive()


def test_the_folder_may_vanish_and_come_back(inbox: Inbox, ledger: Ledger) -> None:
    inbox.folder.rmdir()
    settle(inbox)
    (inbox.folder / "talk.mp4").write_bytes(b"sound")
    settle(inbox)
    assert ledger.names == ["talk.mp4"]


def test_a_file_changed_while_it_is_read_is_not_taken_for_whole(tmp_path: Path) -> None:
    path = tmp_path / "talk.mp4"
    path.write_bytes(b"one")
    with steady(path) as file:
        assert file.read(2) == b"on"
        path.write_bytes(b"three")
        with pytest.raises(StillChanging):
            list(iter(lambda: file.read(2), b""))
