"""What is corrected in the page reaches the files of `aisubs transcribe`, and never one that a person changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from aisubs.local.command_files import Writing, note_output, rewrite_corrected, write_output
from aisubs.local.tokens import OWNER
from aisubs.model.transcript import Segment
from aisubs.pipeline.jobs import Holder
from tests.doors.http_door import open_door
from tests.doors.test_http_corrected_files import Dropped
from tests.doors.test_http_sign_in import sign_in
from tests.scripted_engine import ScriptedEngine
from tests.speech import SAMPLE_VIDEO


class Command(Dropped):
    """A recording that a command transcribed into `folder`, and its owner signed in."""

    folder_name = "beside"

    @property
    def folder(self) -> Path:
        folder = self.door.workshop.folder / self.folder_name
        folder.mkdir(exist_ok=True)
        return folder

    def write(self, profile: str | None = None, **choices: object) -> None:
        """As the command does on completion."""
        shop = self.door.workshop
        job = shop.jobs.get_job(self.job_id, Holder.of((), OWNER))
        for name in ("srt", "txt"):
            writing = Writing(name, profile, choices)
            data = writing.data(job, jobs=shop.jobs, store=shop.store)
            write_output(self.folder / f"talk.{name}", data)
            note_output(shop.jobs, self.folder / f"talk.{name}", job, writing, data)

    def read(self, name: str) -> str:
        return (self.folder / name).read_text()

    def rewrite(self, quiet_s: float = 0.0) -> int:
        shop = self.door.workshop
        return rewrite_corrected(shop.jobs, shop.store, quiet_s=quiet_s)


@pytest.fixture
def command(database_url: str, tmp_path: Path) -> Iterator[Command]:
    with open_door(database_url, tmp_path, edition="local") as door:
        job_id = door.workshop.drop(SAMPLE_VIDEO, "talk.mp4", owner_id=OWNER)
        door.workshop.work(ScriptedEngine())
        door.tokens[job_id] = sign_in(door)
        yield Command(door, job_id)


@pytest.mark.parametrize("name", ["beside", os.fsdecode(b"latin \xe4 100%")], ids=["plain", "not UTF-8"])
def test_a_correction_is_written_once_it_is_quiet(command: Command, name: str) -> None:
    command.folder_name = name
    command.write()
    assert command.rewrite() == 0, "nothing was corrected yet"
    command.correct("Zwetschgenröster")
    assert command.rewrite(quiet_s=30) == 0, "somebody is still typing"
    assert command.rewrite() == 2
    assert command.rewrite() == 0
    assert command.read("talk.srt") == command.downloads()["srt"]
    assert "Zwetschgenröster" in command.read("talk.srt")
    assert "Zwetschgenröster" in command.read("talk.txt")
    command.correct("Apfelmus")
    assert command.rewrite() == 2
    assert "Apfelmus" in command.read("talk.srt")


def test_the_profile_of_the_command_is_kept(command: Command) -> None:
    command.write(profile="plain")
    command.correct("Zwetschgenröster")
    assert command.rewrite() == 2
    expected = command.door.get(command.job_id, "/download/srt", params={"profile": "plain"}).text
    assert command.read("talk.srt") == expected


def test_the_marks_that_the_command_was_told_to_write_are_kept(command: Command) -> None:
    shop = command.door.workshop
    nothing_said = (Segment(0, 1_000, "", no_speech_prob=0.0),)
    job_id = shop.drop(SAMPLE_VIDEO, "unclear.mp4", owner_id=OWNER)
    shop.work(ScriptedEngine(answers={1: nothing_said}))
    command.door.tokens[job_id] = command.door.tokens[command.job_id]
    unclear = Command(command.door, job_id)
    unclear.write(unclear=True)
    assert "[unclear]" in unclear.read("talk.srt"), "in subtitles only where somebody asks for it"
    unclear.correct("Zwetschgenröster")
    assert unclear.rewrite() == 2
    assert "Zwetschgenröster" in unclear.read("talk.srt")
    assert "[unclear]" in unclear.read("talk.srt")
    unclear.write(unclear=False)
    unclear.correct("Apfelmus")
    assert unclear.rewrite() == 2
    assert "[unclear]" not in unclear.read("talk.srt") + unclear.read("talk.txt")


def test_what_a_person_changed_or_took_away_stays_so(command: Command) -> None:
    command.write()
    (command.folder / "talk.srt").write_text("MY OWN")
    (command.folder / "talk.txt").unlink()
    command.correct("Zwetschgenröster")
    assert (command.rewrite(), command.rewrite()) == (0, 0)
    assert command.read("talk.srt") == "MY OWN"
    assert [path.name for path in command.folder.iterdir()] == ["talk.srt"]


def test_a_file_that_cannot_be_written_holds_up_no_other(command: Command) -> None:
    command.write()
    srt = command.folder / "talk.srt"
    srt.unlink()
    srt.mkdir()
    command.correct("Zwetschgenröster")
    assert command.rewrite() == 1
    assert command.rewrite() == 0, "tried again at the next correction"
    assert "Zwetschgenröster" in command.read("talk.txt")


def test_a_file_that_another_job_wrote_since_is_no_longer_of_this_one(command: Command) -> None:
    command.write()
    srt = command.folder / "talk.srt"
    shop = command.door.workshop
    other = shop.drop(SAMPLE_VIDEO, "other.mp4", owner_id=OWNER)
    shop.work(ScriptedEngine())
    Command(command.door, other).write()
    command.correct("Zwetschgenröster")
    assert command.rewrite() == 0
    assert "Zwetschgenröster" not in srt.read_text()
