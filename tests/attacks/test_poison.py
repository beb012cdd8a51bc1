"""One poison stops everything: each of these once made every sweep fail, or held up all that came behind it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aisubs.adapters.store.folder import Folder
from aisubs.adapters.store.gcs import GcsStore
from aisubs.adapters.store.local import LocalStore
from aisubs.duties import sweep_app
from aisubs.local.deposit import CalledOff
from aisubs.local.inbox import Inbox
from aisubs.local.inbox_journal import InboxJournal
from aisubs.model.errors import AisubsError, error
from aisubs.pipeline.jobs import Jobs
from aisubs.pipeline.mirror_results import mirror_finished
from aisubs.pipeline.sweep import find_lost_uploads
from aisubs.ports import Store
from aisubs.settings import Settings
from aisubs.wiring import make_limits, make_notifier, make_store
from tests.doors.http_door import Door, open_door, recording
from tests.doubles.gcs import Gcs
from tests.doubles.gcs.objects import Upload
from tests.doubles.google_environment import google_environment
from tests.doubles.google_identity import GoogleIdentity
from tests.doubles.push_service import new_private_key
from tests.pipeline.job_line import JobLine
from tests.scripted_engine import ScriptedEngine

ENDPOINTS = [
    "https://a..notify.windows.com/",
    "https://-" + "a" * 64 + ".notify.windows.com/",
    "https://\u2024.notify.windows.com/x",
    "https://a b.notify.windows.com/",
]
PUSH = {"vapid_private_key": new_private_key(), "vapid_subject": "mailto:somebody@example.org"}


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path, **PUSH) as door:
        yield door


@pytest.fixture
def gcs(tmp_path: Path) -> Iterator[Gcs]:
    with GoogleIdentity() as identity, Gcs(identity) as double, google_environment(identity, tmp_path, double):
        yield double


def rows(door: Door) -> dict[str, tuple[str, str | None]]:
    found = door.workshop.sql("select object_name, status, error_code from aisubs.transcription_jobs")
    return {row["object_name"]: (row["status"], row["error_code"]) for row in found}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_an_address_that_is_none_is_no_push_service(endpoint: str) -> None:
    notifier = make_notifier(Settings(**PUSH))
    assert notifier is not None
    assert not notifier.accepts(endpoint)


def test_a_push_that_cannot_be_sent_is_dropped_and_the_sweep_goes_on(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    """Such subscriptions were accepted once."""
    job_id = door.upload(recording())
    door.workshop.sql(
        "insert into aisubs.push_subscriptions (job_id, endpoint, endpoint_hash, p256dh, auth, language) "
        "values (%s, 'https://a..notify.windows.com/', repeat('a', 64), 'AAAA', 'AAAA', 'en')", job_id,
    )  # fmt: skip
    door.workshop.work(ScriptedEngine())
    waits = door.upload(recording())
    door.woken.clear()
    with caplog.at_level(logging.INFO):
        assert sweep_app(door.app, "1")["startable"] == 1
    assert door.status(waits) == "pending"
    assert door.workshop.sql("select due_at from aisubs.push_subscriptions where due_at is not null") == []


def test_a_step_that_fails_holds_up_no_other_and_waking_comes_first(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    door.upload(recording())
    door.workshop.store.put("talk.wav", recording())

    door.workshop.sql("alter function aisubs_api.index_texts rename to index_texts_gone")
    with pytest.raises(AisubsError, match="recorded"):
        sweep_app(door.app, "1")
    told = next(record for record in caplog.records if record.message == "sweep.step_failed")
    assert told.__dict__["step"] == "indexed"
    assert rows(door)["talk.wav"] == ("pending", None)


DROPS: dict[str, tuple[dict[str, str], bytes | None, str]] = {
    "a prompt with NUL": ({"initial_prompt": "a\0b"}, None, "initial_prompt"),
    "a prompt with NUL in the folder's options": (
        {},
        json.dumps({"initial_prompt": "a\0b"}).encode(),
        "initial_prompt",
    ),
    "a profile that nobody knows": ({"cue_profile": "nonsense"}, None, "cue_profile"),
    "any model of the hub": ({"model": "somebody/else"}, None, "model: one of"),
    "any second opinion": ({"second_opinion": "somebody/else"}, None, "second_opinion: one of"),
    "options that never end": ({}, b"[" * 60_000, "aisubs.json"),
    "options of another kind": ({}, b"[1]", "aisubs.json"),
}


@pytest.mark.parametrize("poison", DROPS)
def test_a_drop_is_checked_as_a_submit_is_before_any_work(door: Door, poison: str) -> None:
    metadata, folder_options, reason = DROPS[poison]
    store = door.workshop.store
    if folder_options is not None:
        store.put("a/aisubs.json", folder_options)
    store.put("a/talk.wav", recording(), metadata=metadata)
    store.put("b/talk.wav", recording())
    sweep_app(door.app, "1")
    assert rows(door) == {"a/talk.wav": ("failed", "bad_request"), "b/talk.wav": ("pending", None)}
    told = (door.workshop.folder / "results" / "a" / "talk.wav.error.txt").read_text()
    assert reason in told


def test_names_are_cleaned_for_people(door: Door) -> None:
    door.workshop.store.put("a/\u202egpj.exe.wav", recording())
    sweep_app(door.app, "1")
    (row,) = door.workshop.sql("select filename from aisubs.transcription_jobs")
    assert row["filename"] == "gpj.exe.wav"


def test_an_object_that_nobody_can_read_is_told_once(gcs: Gcs, jobs: Jobs, tmp_path: Path, door: Door) -> None:
    """Encrypted with a customer's key, Google answers 400 for ever. A name that no folder takes is passed over."""
    store, _ = make_store(Settings(store_url="gs://uploads"))
    assert isinstance(store, GcsStore)
    for name in ("locked/talk.wav", "z/../b/talk.wav", "z/talk.wav"):
        gcs.buckets.finish(Upload("uploads", name, "audio/wav"), recording())
    gcs.disturb("GET", "/download/storage/v1/b/uploads/o/locked%2Ftalk.wav", 400, times=10)
    settings = Settings(results_dir=tmp_path / "out")

    def sweep() -> int:
        limits = make_limits(settings)
        return find_lost_uploads(
            jobs=jobs, store=store, queue=door.app.queue, limits=limits, settings=settings
        )  # fmt: skip

    assert sweep() == 2
    assert rows(door) == {
        "locked/talk.wav": ("failed", "unreadable"),
        "z/talk.wav": ("pending", None),
    }
    assert sweep() == 0
    assert mirror_finished(jobs=jobs, store=store, mirror=Folder(tmp_path / "out")) == 1
    assert (tmp_path / "out/locked/talk.wav.error.txt").exists()


def test_results_that_cannot_be_put_do_not_keep_others_from_it(line: JobLine, tmp_path: Path) -> None:
    """Fifty of them once filled every round."""
    for number in range(3):
        refused = line.landing(f"bad/{number}.wav", generation=number + 1)
        line.jobs.refuse_upload(**refused, error_code="not_media", error_message="No.")
    line.jobs.refuse_upload(**line.landing("good/talk.wav"), error_code="not_media", error_message="No.")
    (tmp_path / "bad").write_text("a file where a folder should be")
    store: Store = LocalStore(tmp_path / "store")

    def mirrored() -> int:
        return mirror_finished(jobs=line.jobs, store=store, mirror=Folder(tmp_path), batch=3, quiet_s=0)

    assert [mirrored(), mirrored(), mirrored()] == [0, 0, 1]
    assert (tmp_path / "good/talk.wav.error.txt").exists()
    assert line.jobs.list_unmirrored(10, 0) == []
    line.sql("update aisubs.transcription_jobs set mirror_after = now()")
    assert len(line.jobs.list_unmirrored(10, 0)) == 3


class Taker:
    """Takes everything but what is called `bad`."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault
        self.taken: list[str] = []
        self.told: dict[str, str] = {}

    def take(self, path: Path, name: str) -> None:
        if path.stem == "bad":
            raise self.fault
        self.taken.append(name)

    def tell(self, name: str, sentence: str) -> None:
        self.told[name] = sentence

    def take_back(self, names: list[str]) -> list[str]:
        return []


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (RuntimeError("anything"), "cannot be read where it lies"),
        (RecursionError(), "cannot be read where it lies"),
        (error("precondition_failed"), "not the one that was expected"),
    ],
)
def test_a_file_that_nobody_thought_of_holds_up_no_other(tmp_path: Path, fault: Exception, sentence: str) -> None:
    folder, taker = tmp_path / "inbox", Taker(fault)
    folder.mkdir()
    for name in ("a.mp4", "bad.mp4", "c.mp4"):
        (folder / name).write_bytes(b"sound")
    inbox = Inbox(folder, InboxJournal(tmp_path / "journal"), taker, settle_s=0.0)
    for _ in range(3):
        inbox.scan()
    assert taker.taken == ["a.mp4", "c.mp4"]
    assert sentence in taker.told["bad.mp4"]
    taker.told.clear()
    inbox.scan()
    assert taker.told == {}


def test_to_be_called_off_is_no_fault_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "bad.mp4").write_bytes(b"sound")
    inbox = Inbox(tmp_path, InboxJournal(tmp_path / ".journal"), Taker(CalledOff()), settle_s=0.0)
    inbox.scan()
    with pytest.raises(CalledOff):
        inbox.scan()


TEXTS: list[Any] = ["a\0b", ["a", {"b": "\0"}], {"\0": 1}, "\ud800"]


@pytest.mark.parametrize("text", TEXTS, ids=repr)
def test_text_that_no_database_holds_is_the_askers_mistake(jobs: Jobs, text: Any) -> None:
    with pytest.raises(AisubsError) as caught:
        jobs.database.call("unknown_objects", bucket="b", objects=[{"name": text, "generation": 1}])
    assert caught.value.code == "bad_request"
