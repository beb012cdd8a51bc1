"""The text of a job over HTTP, for viewers: in columns, as cues, while it grows and after it was corrected."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.doors.text_door import edit, halves, post, splice, text, transcribed, typed


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as door:
        yield door


@pytest.fixture
def completed(door: Door) -> str:
    return transcribed(door)


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
