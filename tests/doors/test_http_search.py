"""Search over HTTP: by the words of a real transcript, in what one owns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.doors.http_door import Door, fault_of, open_door
from tests.doors.test_http_lists import everybody
from tests.doors.text_door import edit, splice, text, transcribed, typed


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path, queue_capacity=50) as door:
        yield door


def search(door: Door, q: str, **more: Any) -> dict[str, Any]:
    answer = door.http.get("/api/search", params={"q": q, **more}, headers=everybody(door))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_word_leads_to_its_place_and_a_correction_is_found_at_once(door: Door) -> None:
    job_id = transcribed(door)
    paragraph = text(door, job_id)["paragraphs"][0]
    word = paragraph["text"].split()[2].strip(".,").upper()
    found = search(door, word)
    assert (found["total"], found["page"], found["per_page"]) == (1, 1, 20)
    (job,) = found["jobs"]
    assert job["job"] == door.get(job_id).json()
    hit = job["hits"][0]
    start, end = hit["ranges"][0]
    assert hit["text"][start:end].upper() == word
    assert hit["start_ms"] in paragraph["starts"]
    edit(door, job_id, 0, splice(paragraph["id"], insert=[typed(paragraph, "Zwetschgenröster")]))
    corrected = search(door, "zwetschgenro")["jobs"][0]["hits"][0]
    assert corrected["start_ms"] == paragraph["starts"][0]
    assert search(door, "zwetschgenro", job_id=job_id)["total"] == 1
    assert search(door, "\0zwetschgen\0")["total"] == 1
    assert search(door, "?!")["total"] == 0
    assert search(door, "not said by anybody")["jobs"] == []


@pytest.mark.parametrize(
    "query", ["q=", "q=%20", "", "q=a&page=0", "q=a&per_page=51", f"q={'a' * 201}", "q=%20%09", "q=a&job_id=%00"]
)
def test_questions_that_make_no_sense(door: Door, query: str) -> None:
    door.submit()
    assert fault_of(door.http.get(f"/api/search?{query}", headers=everybody(door))) == (422, "bad_request")


def test_nobody_searches_without_a_token(door: Door) -> None:
    assert fault_of(door.http.get("/api/search?q=a")) == (401, "unauthorized")
