"""People correct a transcript over HTTP, and every file and every cue follows."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from aisubs.formats import FORMATS
from aisubs.http.headers import MAX_EDIT_BYTES
from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.scripted_engine import ScriptedEngine
from tests.speech import SAMPLE_VIDEO


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as door:
        yield door


@pytest.fixture
def completed(door: Door) -> str:
    job_id = door.upload(SAMPLE_VIDEO.read_bytes(), filename="talk.mp4")
    door.workshop.work(ScriptedEngine())
    assert door.status(job_id) == "completed"
    return job_id


def text(door: Door, job_id: str, **params: Any) -> dict[str, Any]:
    answer = door.get(job_id, "/transcript", params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def post(door: Door, job_id: str, path: str, based_on: Any, body: Any) -> httpx.Response:
    headers = door.auth(job_id) | ({} if based_on is None else {"If-Match": f'"{based_on}"'})
    return door.http.post(f"/api/jobs/{job_id}/revisions{path}", json=body, headers=headers)


def edit(door: Door, job_id: str, based_on: int, *operations: dict[str, Any]) -> int:
    """Save; returns the number of the new revision."""
    answer = post(door, job_id, "", based_on, {"operations": operations})
    assert answer.status_code == 201, answer.text
    saved = answer.json()
    assert set(saved) == {"revision", "saved_at"}
    assert answer.headers["etag"] == f'"{saved["revision"]}"'
    return int(saved["revision"])


def typed(paragraph: dict[str, Any], first_word: str) -> dict[str, Any]:
    """The paragraph with another first word; the others stay where they are."""
    edges = [*paragraph["offsets"], len(paragraph["text"])]
    gap = len(paragraph["text"][: edges[1]]) - len(paragraph["text"][: edges[1]].rstrip())
    shift = len(first_word) + gap - edges[1]
    changed = first_word + paragraph["text"][edges[1] - gap :]
    offsets = [0, *(offset + shift for offset in paragraph["offsets"][1:])]
    return paragraph | {"text": changed, "offsets": offsets, "edited": True}


def halves(paragraph: dict[str, Any], at: int, new_id: str) -> list[dict[str, Any]]:
    """Split before word `at`."""
    cut = paragraph["offsets"][at]
    columns = ("offsets", "starts", "durations", "conf")
    left = paragraph | {name: paragraph[name][:at] for name in columns} | {"text": paragraph["text"][:cut].rstrip()}
    right = paragraph | {name: paragraph[name][at:] for name in columns} | {"text": paragraph["text"][cut:]}
    return [left, right | {"id": new_id, "offsets": [offset - cut for offset in right["offsets"]]}]


def splice(*remove: str, insert: list[dict[str, Any]], before: str | None = None) -> dict[str, Any]:
    return {"op": "splice", "remove": list(remove), "before": before, "insert": insert}


def test_the_machines_text_in_columns(door: Door, completed: str) -> None:
    shown = text(door, completed)
    assert (shown["schema"], shown["job_id"], shown["revision"], shown["newest"]) == (
        "aisubs-columns/1", completed, 0, 0,
    )  # fmt: skip
    job = door.get(completed).json()
    assert (shown["status"], shown["version"], shown["title"]) == ("completed", job["version"], "talk.mp4")
    assert shown["duration_ms"] == shown["final_until_ms"] == job["duration_ms"]
    full = door.get(completed, "/download/json").json()
    assert shown["coverage"] == full["coverage"]
    assert shown["language"] == full["language"]
    assert shown["speakers"] == {}
    assert [paragraph["id"] for paragraph in shown["paragraphs"]] == [str(i) for i in range(len(shown["paragraphs"]))]
    downloaded = door.get(completed, "/download/columnar").json()
    assert downloaded["paragraphs"] == shown["paragraphs"]
    assert [start for p in shown["paragraphs"] for start in p["starts"]] == [
        word["start_ms"] for segment in full["segments"] for word in segment["words"]
    ]


def test_a_text_that_is_known_is_not_sent_again(door: Door, completed: str) -> None:
    for path in ("/transcript", "/cues?profile=bbc"):
        first = door.get(completed, path)
        assert first.status_code == 200
        known = {"If-None-Match": first.headers["etag"]}
        again = door.get(completed, path, headers=known)
        assert (again.status_code, again.content) == (304, b"")
        plain = door.get(completed, path, headers={"Accept-Encoding": "identity"})
        assert plain.headers["etag"] != first.headers["etag"], "other bytes, another strong tag"
        assert plain.json() == first.json()
        assert "Accept-Encoding" in first.headers["vary"]
        first_paragraph = text(door, completed)["paragraphs"][0]
        newest = text(door, completed)["newest"]
        edit(door, completed, newest, splice("0", insert=[typed(first_paragraph, f"Changed{newest}")]))
        assert door.get(completed, path, headers=known).status_code == 200


def test_a_growing_text(door: Door) -> None:
    from tests.doors.test_http_transcripts import claimed, save

    job_id = door.upload(recording())
    nothing = text(door, job_id)
    assert (nothing["status"], nothing["paragraphs"], nothing["final_until_ms"]) == ("pending", [], 0)
    claim = claimed(door, job_id)
    save(door, claim, 0, 1)
    some = door.get(job_id, "/transcript")
    assert (some.json()["final_until_ms"], some.json()["coverage"], some.json()["revision"]) == (20_000, None, 0)
    assert "Sentence1 ends." in some.json()["paragraphs"][-1]["text"]
    save(door, claim, 2)
    more = door.get(job_id, "/transcript", headers={"If-None-Match": some.headers["etag"]})
    assert (more.status_code, more.json()["final_until_ms"]) == (200, 30_000)
    assert len(door.get(job_id, "/cues").json()["texts"]) == 3
    assert fault_of(post(door, job_id, "", 0, {"operations": [splice(insert=[])]})) == (409, "not_finished")
    assert fault_of(post(door, job_id, "/restore", 0, {"revision": 0})) == (409, "not_finished")
    assert fault_of(door.get(job_id, "/transcript", params={"revision": 1})) == (404, "revision_not_found")


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


def test_the_cues_are_those_of_the_file(door: Door, completed: str) -> None:
    first = text(door, completed)["paragraphs"][0]
    edit(door, completed, 0, splice("0", insert=halves(first, 3, "half")))
    for profile in ("netflix", "bbc", "plain"):
        cues = door.get(completed, "/cues", params={"profile": profile}).json()
        assert (cues["profile"], cues["revision"]) == (profile, 1)
        rows = door.get(completed, "/download/srt", params={"profile": profile}).text.strip().split("\n\n")
        assert ["\n".join(row.split("\n")[2:]) for row in rows] == cues["texts"]
        assert len(cues["starts"]) == len(cues["ends"]) == len(cues["paragraphs"]) == len(rows)
        assert all(end <= start for end, start in zip(cues["ends"], cues["starts"][1:], strict=False))
        order = [p["id"] for p in text(door, completed)["paragraphs"]]
        places = [order.index(paragraph_id) for paragraph_id in cues["paragraphs"]]
        assert all(left <= right for left, right in pairwise(places))
        assert cues["paragraphs"][0] == "0"
        for fault in cues["violations"]:
            assert fault["value"] != fault["limit"]
            assert 0 <= fault["cue"] < len(rows)
    assert door.get(completed, "/cues").json()["limits"] == {
        "max_cps": 20, "max_columns": 42, "max_lines": 2, "min_ms": 833, "max_ms": 7000, "gap_ms": 83,
    }  # fmt: skip
    assert fault_of(door.get(completed, "/cues", params={"profile": "x"})) == (422, "bad_request")
    machine = door.get(completed, "/cues", params={"revision": 0}).json()
    assert machine["revision"] == 0
    assert "half" not in machine["paragraphs"]


def test_a_cue_that_is_too_fast_is_told(door: Door, completed: str) -> None:
    fast = {
        "id": "fast", "speaker": None,
        "text": "Donaudampfschifffahrtsgesellschaftskapitaen spricht", "offsets": [0, 44],
        "starts": [0, 100], "durations": [50, 50], "conf": [None, None],
    }  # fmt: skip
    paragraphs = text(door, completed)["paragraphs"]
    edit(door, completed, 0, splice(*[p["id"] for p in paragraphs], insert=[fast]))
    cues = door.get(completed, "/cues").json()
    rules = {fault["rule"]: fault for fault in cues["violations"]}
    assert rules["columns"] == {"cue": 0, "rule": "columns", "value": 43, "limit": 42}
    edit(door, completed, 1, splice("fast", insert=[]))
    assert door.get(completed, "/cues").json()["texts"] == []
    assert door.get(completed, "/download/srt").content == b""


def test_a_large_text_comes_packed(door: Door, completed: str) -> None:
    first = text(door, completed)["paragraphs"][0]
    many = [first | {"id": f"copy-{number}"} for number in range(200)]
    edit(door, completed, 0, splice(insert=many, before="0"))
    url = f"/api/jobs/{completed}/transcript"
    with door.http.stream("GET", url, headers=door.auth(completed) | {"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == "gzip"
    plain = door.get(completed, "/transcript", headers={"Accept-Encoding": "gzip;q=0"})
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 5
