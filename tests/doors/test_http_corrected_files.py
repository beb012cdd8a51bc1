"""What is corrected in the page reaches the files in the results folder, and never one that a person changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aisubs.local.tokens import OWNER
from aisubs.pipeline.mirror_results import QUIET_S, mirror_finished
from tests.doors.http_door import Door, open_door
from tests.doors.test_http_sign_in import sign_in
from tests.doors.text_door import edit, post, splice, text, typed
from tests.scripted_engine import ScriptedEngine
from tests.speech import SAMPLE_VIDEO


@dataclass
class Dropped:
    """A dropped recording, transcribed, and its owner signed in."""

    door: Door
    job_id: str

    @property
    def files(self) -> dict[str, str]:
        folder = self.door.workshop.folder / "results"
        return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}

    def correct(self, word: str) -> None:
        """Another first word."""
        now = text(self.door, self.job_id)
        first = now["paragraphs"][0]
        edit(self.door, self.job_id, now["revision"], splice(first["id"], insert=[typed(first, word)]))

    def wait(self, seconds: float = QUIET_S + 1) -> int:
        """Let nobody save for so long, then sweep."""
        self.door.workshop.sql(
            "update aisubs.transcription_jobs set edited_at = edited_at - make_interval(secs => %s)", seconds
        )
        shop = self.door.workshop
        return mirror_finished(jobs=shop.jobs, store=shop.store, mirror=shop.mirror)

    def downloads(self, revision: int | None = None) -> dict[str, str]:
        params: dict[str, Any] = {} if revision is None else {"revision": revision}
        formats = ("srt", "vtt", "json", "txt")
        return {name: self.door.get(self.job_id, f"/download/{name}", params=params).text for name in formats}


@pytest.fixture
def dropped(database_url: str, tmp_path: Path) -> Iterator[Dropped]:
    with open_door(database_url, tmp_path, edition="local") as door:
        job_id = door.workshop.drop(SAMPLE_VIDEO, "talk.mp4", owner_id=OWNER)
        door.workshop.work(ScriptedEngine())
        door.tokens[job_id] = sign_in(door)
        yield Dropped(door, job_id)


def test_a_correction_rewrites_the_files_once_it_is_quiet(dropped: Dropped) -> None:
    machine = {f"talk.mp4.{name}": data for name, data in dropped.downloads().items()}
    assert dropped.files == machine
    dropped.correct("Zwetschgenröster")
    assert dropped.wait(0) == 0
    assert dropped.files == machine, "somebody is still typing"
    assert (dropped.wait(), dropped.wait()) == (1, 0)
    corrected = {f"talk.mp4.{name}": data for name, data in dropped.downloads().items()}
    versions = {f"versions/talk.mp4.machine.{name}": data for name, data in dropped.downloads(revision=0).items()}
    assert dropped.files == corrected | versions
    assert versions == {f"versions/{name[:9]}machine.{name[9:]}": data for name, data in machine.items()}
    assert all("Zwetschgenröster" in data for data in corrected.values())
    dropped.correct("Apfelmus")
    assert dropped.wait() == 1
    assert "Apfelmus" in dropped.files["talk.mp4.srt"]
    restored = post(dropped.door, dropped.job_id, "/restore", 2, {"revision": 0})
    assert restored.status_code == 201
    assert dropped.wait() == 1
    assert dropped.files["talk.mp4.srt"] == machine["talk.mp4.srt"]


def test_what_a_person_wrote_on_the_disk_stays(dropped: Dropped) -> None:
    srt = dropped.door.workshop.folder / "results/talk.mp4.srt"
    srt.write_text("MY OWN")
    dropped.correct("Zwetschgenröster")
    assert dropped.wait() == 1
    assert srt.read_text() == "MY OWN"
    assert "Zwetschgenröster" in dropped.files["talk.mp4.2.srt"]
    assert "Zwetschgenröster" in dropped.files["talk.mp4.vtt"]


def test_what_is_saved_while_the_files_are_written_is_written_next(dropped: Dropped) -> None:
    """As after a crash in between: nothing is remembered but in the database."""
    dropped.correct("Zwetschgenröster")
    dropped.door.workshop.jobs.record_mirror(dropped.job_id, 0)
    assert dropped.wait() == 1
    dropped.correct("Apfelmus")
    dropped.door.workshop.jobs.record_mirror(dropped.job_id, 1)
    assert dropped.wait() == 1
    assert "Apfelmus" in dropped.files["talk.mp4.srt"]


def test_a_correction_of_an_older_version_does_not_replace_the_text_of_the_newer(dropped: Dropped) -> None:
    other = SAMPLE_VIDEO.read_bytes() + b"\0" * 16
    newer = dropped.door.workshop.folder / "newer.mp4"
    newer.write_bytes(other)
    dropped.door.workshop.drop(newer, "talk.mp4", owner_id=OWNER)
    dropped.door.workshop.work(ScriptedEngine())
    before = dropped.files
    dropped.correct("Zwetschgenröster")
    assert dropped.wait() == 0
    assert dropped.files == before


def test_a_newer_version_does_not_replace_a_text_that_was_corrected(dropped: Dropped) -> None:
    """The recording was touched, or copied anew: the machine's text of that lies beside what somebody wrote."""
    dropped.correct("Zwetschgenröster")
    assert dropped.wait() == 1
    corrected = dropped.files
    newer = dropped.door.workshop.folder / "newer.mp4"
    newer.write_bytes(SAMPLE_VIDEO.read_bytes() + b"\0" * 16)
    dropped.door.workshop.drop(newer, "talk.mp4", owner_id=OWNER)
    dropped.door.workshop.work(ScriptedEngine())
    after = dropped.files
    assert {name: after[name] for name in corrected} == corrected
    assert set(after) - set(corrected) == {f"talk.mp4.2.{name}" for name in ("srt", "vtt", "json", "txt")}
    assert "Zwetschgenröster" not in after["talk.mp4.2.srt"]
