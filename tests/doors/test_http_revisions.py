"""People correct a transcript over HTTP, and every file follows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aisubs.formats import FORMATS
from aisubs.http.request_bodies import MAX_EDIT_BYTES
from tests.doors.http_door import Door, fault_of, open_door
from tests.doors.text_door import edit, halves, post, splice, text, transcribed, typed


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as door:
        yield door


@pytest.fixture
def completed(door: Door) -> str:
    return transcribed(door)


def test_every_file_follows_an_edit(door: Door, completed: str) -> None:
    machine = {name: door.get(completed, f"/download/{name}").content for name in FORMATS}
    first = text(door, completed)["paragraphs"][0]
    assert edit(door, completed, 0, splice("0", insert=[typed(first, "Zaubermaus")])) == 1
    shown = text(door, completed)
    assert (shown["revision"], shown["newest"]) == (1, 1)
    assert shown["paragraphs"][0]["text"].startswith("Zaubermaus")
    assert shown["paragraphs"][0]["edited"] is True
    for name in FORMATS:
        newest = door.get(completed, f"/download/{name}")
        assert newest.status_code == 200
        if name != "docx":
            assert "Zaubermaus" in newest.text
        assert newest.content == door.get(completed, f"/download/{name}", params={"revision": 1}).content
        assert newest.content != machine[name]
        assert door.get(completed, f"/download/{name}", params={"revision": 0}).content == machine[name]
    assert fault_of(door.get(completed, "/download/srt", params={"revision": 2})) == (404, "revision_not_found")
    # Only that word is another: every other cue is as it was.
    changed = door.get(completed, "/download/srt").text.split("\n\n")
    before = machine["srt"].decode().split("\n\n")
    assert changed[2:] == before[2:]


def test_splitting_joining_and_naming(door: Door, completed: str) -> None:
    first = text(door, completed)["paragraphs"][0]
    assert len(first["offsets"]) > 3
    edit(
        door, completed, 0,
        splice("0", insert=halves(first, 2, "h-1")),
        {"op": "relabel", "ids": ["0"], "speaker": "S1"},
        {"op": "relabel", "ids": ["h-1"], "speaker": "S2"},
        {"op": "name", "speaker": "S1", "name": "Anna"},
    )  # fmt: skip
    shown = text(door, completed)
    assert shown["speakers"] == {"S1": "Anna"}
    assert [(p["id"], p["speaker"]) for p in shown["paragraphs"][:2]] == [("0", "S1"), ("h-1", "S2")]
    lines = door.get(completed, "/download/txt").text.split("\n\n")
    assert lines[0].startswith("Anna: ")
    assert lines[1].startswith("S2: ")
    assert "<v Anna>" in door.get(completed, "/download/vtt", params={"voices": "1"}).text
    edit(door, completed, 1, splice("0", "h-1", insert=[first]), {"op": "name", "speaker": "S1", "name": None})
    assert text(door, completed)["paragraphs"] == text(door, completed, revision=0)["paragraphs"]
    assert text(door, completed)["speakers"] == {}


def test_history_is_exact(door: Door, completed: str) -> None:
    texts = [text(door, completed)]
    for number in range(5):
        first = texts[-1]["paragraphs"][0]
        edit(door, completed, number, splice("0", insert=[typed(first, f"Word{number}")]))
        texts.append(text(door, completed))
    for number, then in enumerate(texts):
        now = text(door, completed, revision=number)
        assert (now["paragraphs"], now["revision"], now["newest"]) == (then["paragraphs"], number, 5)
    listed = door.get(completed, "/revisions").json()
    assert listed["newest"] == 5
    assert [(row["revision"], row["changes"], row["restored_from"]) for row in listed["revisions"]] == [
        (number, 1, None) for number in (5, 4, 3, 2, 1)
    ]
    assert [row["saved_at"] for row in listed["revisions"]] == sorted(
        (row["saved_at"] for row in listed["revisions"]), reverse=True
    )
    for wanted in (2, 0):
        newest = text(door, completed)["newest"]
        back = post(door, completed, "/restore", newest, {"revision": wanted})
        assert (back.status_code, back.json()["revision"]) == (201, newest + 1)
        assert text(door, completed)["paragraphs"] == texts[wanted]["paragraphs"]
        assert door.get(completed, "/revisions").json()["revisions"][0]["restored_from"] == wanted
    assert text(door, completed, revision=5)["paragraphs"] == texts[5]["paragraphs"]
    assert fault_of(post(door, completed, "/restore", 7, {"revision": 9})) == (404, "revision_not_found")


def test_a_stale_edit_is_refused_and_a_repeated_one_is_the_first(door: Door, completed: str) -> None:
    first = text(door, completed)["paragraphs"][0]
    mine = {"operations": [splice("0", insert=[typed(first, "Mine")])]}
    theirs = {"operations": [splice("0", insert=[typed(first, "Theirs")])]}
    saved = post(door, completed, "", 0, mine)
    assert saved.status_code == 201
    assert fault_of(post(door, completed, "", 0, theirs)) == (412, "revision_conflict")
    assert fault_of(post(door, completed, "/restore", 0, {"revision": 0})) == (412, "revision_conflict")
    assert fault_of(post(door, completed, "", 7, theirs)) == (412, "revision_conflict")
    repeated = post(door, completed, "", 0, mine)
    assert (repeated.status_code, repeated.json()) == (201, saved.json())
    assert door.get(completed, "/revisions").json()["newest"] == 1
    for nothing in (None, "", "x", "-1", "1.5"):
        assert fault_of(post(door, completed, "", nothing, theirs)) == (422, "bad_request")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"id": "no way"}, "operations.1.splice.insert.0.id"),
        ({"id": "x" * 25}, "operations.1.splice.insert.0.id"),
        ({"id": "taken"}, "operations.1: there is a paragraph taken already"),
        ({"starts": [0]}, "operations.1: insert.0: offsets, starts, durations and conf are not equally long"),
        ({"offsets": [0, 0]}, "operations.1: insert.0: offsets do not rise"),
        ({"offsets": [0, 99]}, "operations.1: insert.0: an offset lies outside the text"),
        ({"offsets": [1, 2]}, "operations.1: insert.0: there is text before the first offset"),
        ({"text": "\U0001f600 b", "offsets": [0, 1]}, "operations.1: insert.0: an offset lies inside a character"),
        ({"text": "a\x00 b"}, "operations.1: insert.0: the text holds a NUL character"),
        ({"text": "\ud800bcd"}, "operations.1.splice.insert.0.text"),
        ({"text": "x" * 20_001}, "operations.1.splice.insert.0.text"),
        ({"starts": [20, 10]}, "operations.1: insert.0: starts run backwards"),
        ({"starts": [-1, 10]}, "operations.1.splice.insert.0.starts.0"),
        ({"starts": [True, 10]}, "operations.1.splice.insert.0.starts.0"),
        ({"starts": [0, 10.5]}, "operations.1.splice.insert.0.starts.1"),
        ({"starts": [0, 2**53]}, "operations.1.splice.insert.0.starts.1"),
        ({"durations": [1, 10**9]}, "operations.1: insert.0: a word ends after the recording"),
        ({"conf": [101, None]}, "operations.1.splice.insert.0.conf.0"),
        ({"speaker": "\n"}, "operations.1: insert.0: a speaker's name must be visible"),
        ({"shout": True}, "operations.1.splice.insert.0.shout"),
    ],
)
def test_what_does_not_fit_is_refused_whole(door: Door, completed: str, change: dict[str, Any], complaint: str) -> None:
    good = {
        "id": "taken", "speaker": None, "text": "a bc", "offsets": [0, 2],
        "starts": [0, 10], "durations": [5, 5], "conf": [None, 50],
    }  # fmt: skip
    body = {"operations": [splice(insert=[good], before="0"), splice(insert=[good | {"id": "new"} | change])]}
    body["operations"][1]["before"] = "0"
    sent = json.dumps(body)  # httpx would refuse half a surrogate pair; a hostile client does not
    headers = door.auth(completed) | {"If-Match": '"0"', "Content-Type": "application/json"}
    answer = door.http.post(f"/api/jobs/{completed}/revisions", content=sent, headers=headers)
    assert fault_of(answer) == (422, "bad_request")
    assert complaint in answer.json()["error"]["message"]
    assert text(door, completed)["newest"] == 0


@pytest.mark.parametrize(
    "operations",
    [
        [],
        [{"op": "shuffle"}],
        [{"op": "splice", "remove": ["99"], "insert": []}],
        [{"op": "splice", "remove": [], "insert": [], "before": "99"}],
        [{"op": "relabel", "ids": ["99"], "speaker": "S1"}],
        [{"op": "relabel", "ids": ["0"], "speaker": ""}],
        [{"op": "name", "speaker": "S1", "name": "x" * 101}],
        [{"op": "name", "speaker": "S1", "name": "two\nlines"}],
        [{"op": "name", "speaker": "S1", "name": "  "}],
        [{"op": "name", "name": "Anna"}],
        [{"op": "relabel", "ids": ["0"], "speaker": "S1", "before": None}],
    ],
)
def test_no_nonsense(door: Door, completed: str, operations: list[dict[str, Any]]) -> None:
    assert fault_of(post(door, completed, "", 0, {"operations": operations})) == (422, "bad_request")
    assert text(door, completed)["newest"] == 0


def test_paragraphs_stay_in_the_order_of_speech(door: Door, completed: str) -> None:
    last = text(door, completed)["paragraphs"][-1]
    late = last | {
        "id": "late",
        "starts": [start + 1 for start in last["starts"]],
        "durations": [0] * len(last["starts"]),
    }
    answer = post(door, completed, "", 0, {"operations": [splice(insert=[late], before=last["id"])]})
    assert fault_of(answer) == (422, "bad_request")
    assert "begins before" in answer.json()["error"]["message"]
    edit(door, completed, 0, splice(insert=[late]))


def test_a_body_has_its_limit(door: Door, completed: str) -> None:
    huge = {"operations": [{"op": "name", "speaker": "x", "name": "y" * MAX_EDIT_BYTES}]}
    assert fault_of(post(door, completed, "", 0, huge)) == (413, "bad_request")
    large = {"operations": [{"op": "relabel", "ids": ["0"] * 300_000, "speaker": "S1"}]}  # over the usual 1 MiB
    assert post(door, completed, "", 0, large).status_code == 201


def test_strangers_see_and_change_nothing(door: Door, completed: str) -> None:
    wrong = {"Authorization": "Bearer somebody", "If-Match": '"0"'}
    base = f"/api/jobs/{completed}"
    for path in ("/transcript", "/cues", "/revisions"):
        assert fault_of(door.http.get(base + path, headers=wrong)) == (404, "job_not_found")
        assert fault_of(door.http.get(base + path)) == (401, "unauthorized")
    operations = {"operations": [{"op": "name", "speaker": "S1", "name": "Anna"}]}
    assert fault_of(door.http.post(f"{base}/revisions", json=operations, headers=wrong)) == (404, "job_not_found")
    assert fault_of(door.http.post(f"{base}/revisions/restore", json={"revision": 0}, headers=wrong)) == (
        404, "job_not_found",
    )  # fmt: skip
    assert text(door, completed)["newest"] == 0


def test_the_history_goes_with_the_job(door: Door, completed: str) -> None:
    edit(door, completed, 0, {"op": "name", "speaker": "S1", "name": "Anna"})
    assert door.delete(completed).status_code == 204
    assert fault_of(door.get(completed, "/transcript")) == (404, "job_not_found")
    with door.workshop.database._pool.connect() as connection:  # the tables, past every function
        for table in ("transcript_edits", "transcript_revisions"):
            assert connection.execute(f"select count(*) from aisubs.{table}").fetchone() == (0,)  # type: ignore[call-overload]


def test_whoever_has_a_link_reads_the_newest_text_and_changes_nothing(door: Door, completed: str) -> None:
    edit(door, completed, 0, {"op": "name", "speaker": "S1", "name": "Anna"})
    base = f"/api/jobs/{completed}"
    wanted = {"expires_in_s": None, "include_media": False}
    shared = door.http.post(f"{base}/share", json=wanted, headers=door.auth(completed))
    assert shared.status_code == 201, shared.text
    link = {"Authorization": f"Bearer {shared.json()['token']}", "If-Match": '"1"'}
    assert door.http.get(f"{base}/transcript", headers=link).json()["speakers"] == {"S1": "Anna"}
    for path in ("/transcript?revision=1", "/cues", "/download/srt?revision=1"):
        assert door.http.get(base + path, headers=link).status_code == 200
    for path, body in (
        ("/revisions", {"operations": [{"op": "relabel", "ids": ["99"], "speaker": None}]}),
        ("/revisions/restore", {"revision": 9}),
    ):
        assert fault_of(door.http.post(base + path, json=body, headers=link)) == (403, "read_only")
    assert text(door, completed)["newest"] == 1
