"""What lies beside recordings: ours is kept up to date, a person's is never touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from aisubs.adapters.store.folder import Folder
from aisubs.pipeline.written_files import WrittenFiles
from tests.pipeline.job_line import JobLine

SRT = "application/x-subrip"


@dataclass
class Results:
    folder: Path
    written: WrittenFiles

    def put(self, text: str, name: str = "talk.mp4.srt") -> str:
        return self.written.put(name, text.encode(), SRT)

    def edit(self, text: str, name: str = "talk.mp4.srt") -> None:
        (self.folder / name).write_text(text)

    @property
    def texts(self) -> dict[str, str]:
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix(): path.read_text() for path in found}


@pytest.fixture
def results(database_url: str, tmp_path: Path) -> Iterator[Results]:
    with JobLine(database_url) as line:
        yield Results(tmp_path, WrittenFiles(line.jobs, Folder(tmp_path)))


def test_ours_is_replaced(results: Results) -> None:
    assert [results.put(text) for text in ("one", "two", "two")] == ["talk.mp4.srt"] * 3
    assert results.texts == {"talk.mp4.srt": "two"}


def test_a_persons_stays_and_ours_lies_beside_it(results: Results) -> None:
    results.put("one")
    results.edit("MY CORRECTION")
    assert results.put("two") == "talk.mp4.2.srt"
    assert results.put("three") == "talk.mp4.2.srt"
    assert results.texts == {"talk.mp4.srt": "MY CORRECTION", "talk.mp4.2.srt": "three"}
    results.edit("MY OTHER CORRECTION", "talk.mp4.2.srt")
    assert results.put("four") == "talk.mp4.3.srt"
    assert results.texts == {
        "talk.mp4.srt": "MY CORRECTION",
        "talk.mp4.2.srt": "MY OTHER CORRECTION",
        "talk.mp4.3.srt": "four",
    }


def test_what_was_there_before_us_is_a_persons(results: Results) -> None:
    (results.folder / "a").mkdir()
    results.edit("by hand", "a/talk.mp4.srt")
    assert results.put("one", "a/talk.mp4.srt") == "a/talk.mp4.2.srt"
    assert results.texts == {"a/talk.mp4.srt": "by hand", "a/talk.mp4.2.srt": "one"}


def test_a_touched_recording_has_nothing_new_to_say(results: Results) -> None:
    """The same text again, which a person has corrected since: no second file that says what the first once said."""
    results.put("one")
    results.edit("MY CORRECTION")
    assert results.put("one") == "talk.mp4.srt"
    assert results.texts == {"talk.mp4.srt": "MY CORRECTION"}


def test_once_a_person_gives_the_name_back_the_numbered_ones_go(results: Results) -> None:
    results.put("one")
    results.edit("MY CORRECTION")
    results.put("two")
    (results.folder / "talk.mp4.srt").unlink()
    assert results.put("three") == "talk.mp4.srt"
    assert results.texts == {"talk.mp4.srt": "three"}


def test_a_numbered_one_that_a_person_changed_does_not_go(results: Results) -> None:
    results.put("one")
    results.edit("MY CORRECTION")
    results.put("two")
    results.edit("MINE TOO", "talk.mp4.2.srt")
    (results.folder / "talk.mp4.srt").unlink()
    results.put("three")
    assert results.texts == {"talk.mp4.srt": "three", "talk.mp4.2.srt": "MINE TOO"}


def test_a_text_that_was_corrected_in_the_page_is_a_persons_too(results: Results) -> None:
    """The recording is touched: the machine's text of a newer job does not take the place of what somebody wrote."""
    job, newer = str(uuid4()), str(uuid4())

    def correct(text: str, job_id: str) -> str:
        return results.written.put("talk.mp4.srt", text.encode(), SRT, corrected_job=job_id)

    results.put("machine")
    assert [correct("corrected", job), correct("corrected again", job)] == ["talk.mp4.srt"] * 2
    assert results.put("machine, newer") == "talk.mp4.2.srt"
    assert correct("of the newer", newer) == "talk.mp4.2.srt"
    assert results.texts == {"talk.mp4.srt": "corrected again", "talk.mp4.2.srt": "of the newer"}
    assert correct("corrected at last", job) == "talk.mp4.srt"
    assert results.texts == {"talk.mp4.srt": "corrected at last", "talk.mp4.2.srt": "of the newer"}


def test_only_ours_is_deleted(results: Results) -> None:
    results.put("sorry", "talk.mp4.error.txt")
    results.written.delete("talk.mp4.error.txt")
    results.written.delete("talk.mp4.error.txt")
    assert results.texts == {}
    results.edit("a note of mine", "talk.mp4.error.txt")
    results.written.delete("talk.mp4.error.txt")
    assert results.texts == {"talk.mp4.error.txt": "a note of mine"}


def test_a_crash_between_file_and_note_does_no_harm(results: Results) -> None:
    """The file was written and we died: the same bytes again are ours all the same."""
    results.put("one")
    results.edit("two")
    assert results.put("two") == "talk.mp4.srt"
    assert results.put("three") == "talk.mp4.srt"
    assert results.texts == {"talk.mp4.srt": "three"}
