"""The texts of many jobs in one archive."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import httpx
import pytest

from aisubs.formats import FORMATS
from tests.doors.http_door import Door, fault_of, open_door
from tests.doors.test_http_lists import change, everybody
from tests.doors.text_door import edit, transcribed


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path, queue_capacity=50) as door:
        yield door


def bundle(door: Door, *job_ids: str, **wish: Any) -> httpx.Response:
    body = {"job_ids": job_ids, "format": "srt"} | wish
    return door.http.post("/api/jobs/download", json=body, headers=everybody(door))


def unpacked(answer: httpx.Response) -> dict[str, bytes]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_each_text_is_that_of_its_own_download(door: Door) -> None:
    first, second, third = (transcribed(door) for _ in range(3))
    edit(door, second, 0, {"op": "name", "speaker": "S1", "name": "Ada"})
    change(door, third, title="TALK / größer 🙂")
    answer = bundle(door, first, second, third)
    assert (answer.headers["x-included"], answer.headers["x-missing"]) == ("3", "0")
    single = [door.get(job_id, "/download/srt").content for job_id in (first, second, third)]
    assert unpacked(answer) == dict(zip(("talk.srt", "talk (2).srt", "TALK - größer 🙂.srt"), single, strict=True))
    change(door, third, title="Talk")
    assert set(unpacked(bundle(door, first, third, first))) == {"talk.srt", "Talk (2).srt"}
    choices = {"job_ids": [first], "format": "txt", "choices": {"times": True}}
    (text,) = unpacked(bundle(door, **choices)).values()
    assert text == door.get(first, "/download/txt", params={"times": "true"}).content


def test_all_texts_of_one_recording(door: Door) -> None:
    job_id = transcribed(door)
    found = unpacked(bundle(door, job_id, format="all", choices={"times": True}))
    assert found.keys() == {f"talk{one.suffix}" for one in FORMATS.values()}
    assert found["talk.srt"] == door.get(job_id, "/download/srt").content
    assert found["talk.txt"] == door.get(job_id, "/download/txt", params={"times": "true"}).content
    assert set(unpacked(bundle(door, job_id, format="srt,docx"))) == {"talk.srt", "talk.docx"}


def test_what_is_missing_is_named(door: Door) -> None:
    whole, waiting, unknown = transcribed(door), door.submit(filename="later.wav")["job_id"], str(uuid4())
    answer = bundle(door, waiting, whole, unknown, "no id")
    assert (answer.headers["x-included"], answer.headers["x-missing"]) == ("1", "3")
    found = unpacked(answer)
    assert set(found) == {"talk.srt", "NOT INCLUDED.txt"}
    assert found["NOT INCLUDED.txt"].decode().splitlines() == [
        "later.wav: This job is not finished yet.",
        f"{unknown}: There is no such job, or it has been deleted.",
        "no id: There is no such job, or it has been deleted.",
    ]


def test_nothing_to_include_is_no_archive(door: Door) -> None:
    waiting = door.submit()["job_id"]
    assert fault_of(bundle(door, waiting)) == (409, "not_finished")
    strangers = door.http.post("/api/jobs/download", json={"job_ids": [waiting], "format": "srt"})
    assert fault_of(strangers) == (401, "unauthorized")


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"format": "papyrus"}, (404, "bad_format")),
        ({"profile": "papyrus"}, (422, "bad_request")),
        ({"choices": {"colour": "red"}}, (422, "bad_request")),
        ({"job_ids": []}, (422, "bad_request")),
        ({"job_ids": ["\0"]}, (422, "bad_request")),
        ({"job_ids": ["x"] * 501}, (422, "bad_request")),
    ],
    ids=str,
)
def test_wishes_that_make_no_sense(door: Door, wish: dict[str, Any], expected: tuple[int, str]) -> None:
    assert fault_of(bundle(door, transcribed(door), **wish)) == expected
