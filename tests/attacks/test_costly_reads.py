"""Reads that cost much more than they weigh: shaping a dense text takes half a minute, and once did so for each
request; a list with a hundred invented jobs was a hundred transactions."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pytest_mock import MockerFixture

from aisubs.http.rendered import Rendered
from aisubs.model import operations
from aisubs.model.errors import AisubsError
from aisubs.model.text_operations import Name
from aisubs.pipeline.read_transcript import gone_back
from aisubs.pipeline.revise_transcript import MAX_WORDS
from tests.attacks.costly_texts import wordless
from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.doors.text_door import post, text, transcribed
from tests.scripted_engine import ScriptedEngine


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as door:
        yield door


@pytest.mark.parametrize("path", ["/cues", "/transcript", "/download/srt?profile=bbc", "/download/docx"])
def test_the_same_answer_is_made_once(door: Door, path: str, mocker: MockerFixture) -> None:
    job_id = door.upload(recording(2))
    door.workshop.work(ScriptedEngine())
    asked = mocker.spy(door.app.database, "call")
    first, calls = door.get(job_id, path), asked.call_count
    again = door.get(job_id, path)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert asked.call_count - calls < calls


def test_a_text_does_not_grow_beyond_what_is_soon_shaped(door: Door) -> None:
    """A recording of a second once could hold a million words, and each format of them took half a minute."""
    job_id = transcribed(door)
    each = 10_000
    columns = {"offsets": list(range(0, 2 * each, 2)), "starts": [0] * each, "durations": [0] * each}
    rows = [
        {"id": f"x{number}", "text": " ".join(["a"] * each), "conf": [None] * each, **columns}
        for number in range(MAX_WORDS // each + 1)
    ]

    def saved(paragraphs: list[dict[str, Any]], *removed: str) -> httpx.Response:
        operation = {"op": "splice", "remove": removed, "before": None, "insert": paragraphs}
        based_on = text(door, job_id)["newest"]
        return post(door, job_id, "", based_on, {"operations": [operation]})

    assert fault_of(saved(rows)) == (422, "bad_request")
    before = [row["id"] for row in text(door, job_id)["paragraphs"]]
    assert saved(rows[:-1], *before).status_code == 201
    assert fault_of(saved(rows[-1:])) == (422, "bad_request")
    assert saved([rows[-1]], "x0").status_code == 201, "it may stay as large as it is"


def test_others_who_ask_for_the_same_wait_for_the_first() -> None:
    rendered: Rendered[bytes] = Rendered()
    made: list[int] = []

    def make() -> bytes:
        made.append(1)
        return b"text"

    together = Barrier(8)

    def ask(_: int) -> bytes:
        together.wait()
        return rendered.get("key", make, len)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [b"text"] * 8
    assert made == [1]


def test_only_so_many_wait() -> None:
    """Whoever comes then is told to come back, and everything else is answered meanwhile."""
    rendered: Rendered[bytes] = Rendered(at_once=1, waiting=0)
    begun, go_on = Event(), Event()

    def slow() -> bytes:
        begun.set()
        go_on.wait()
        return b"slow"

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(rendered.get, "a", slow, len)
        begun.wait()
        with pytest.raises(AisubsError) as refused:
            rendered.get("b", lambda: b"", len)
        assert (refused.value.code, refused.value.retryable) == ("too_busy", True)
        go_on.set()
        assert first.result() == b"slow"
    assert rendered.get("b", lambda: b"b", len) == b"b"


def test_what_is_kept_is_bounded_and_a_fault_is_not_kept() -> None:
    rendered: Rendered[bytes] = Rendered(kept_bytes=10)
    made: list[str] = []

    def ask(key: str, size: int = 6) -> None:
        rendered.get(key, lambda: (made.append(key), b"x" * size)[1], len)

    for key in ("a", "a", "b", "a"):
        ask(key)
    assert made == ["a", "b", "a"]
    ask("large", 100)
    ask("large", 100)
    assert made[-2:] == ["large", "large"]

    def fails() -> bytes:
        raise ValueError("no")

    for _ in range(20):
        with pytest.raises(ValueError, match="no"):
            rendered.get("f", fails, len)


def test_a_list_is_a_few_questions_however_many_ids_it_names(door: Door, mocker: MockerFixture) -> None:
    mine = door.upload(recording())
    token = door.tokens[mine]
    asked = mocker.spy(door.app.database, "call")

    def listed(count: int) -> tuple[Any, int]:
        invented = [{"job_id": str(uuid4()), "access_token": f"token {number}"} for number in range(count)]
        before = asked.call_count
        body = {
            "jobs": [*invented, {"job_id": mine.upper(), "access_token": token}, {"job_id": "x", "access_token": "y"}]
        }
        found = door.http.post("/api/jobs/list", json=body).json()
        assert found["gone"] == [*(row["job_id"] for row in invented), "x"]
        return found["total"], asked.call_count - before

    assert listed(1) == listed(90) == (1, listed(1)[1])


def test_going_back_a_thousand_steps_copies_the_text_once(mocker: MockerFixture) -> None:
    """Each step once made a draft of the whole text: seconds for one request."""
    drafts = mocker.spy(operations, "_Draft")
    steps = [[Name("name", "S1", f"name {number}").as_json()] for number in range(1000)]
    found = {"newest": 1000, "document": wordless(2000).as_json(), "undo": steps}
    assert gone_back(found, 0).speakers == {"S1": "name 999"}
    assert drafts.call_count == 1
