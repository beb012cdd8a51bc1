"""Captions by hand over HTTP: saved as corrections are, shown in cues and files, undone byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aisubs.formats import FORMATS
from tests.doors.http_door import Door, fault_of, open_door
from tests.doors.text_door import edit, post, splice, text, transcribed, typed


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as door:
        yield door


@pytest.fixture
def completed(door: Door) -> str:
    return transcribed(door)


def cues(door: Door, job_id: str, **params: Any) -> dict[str, Any]:
    answer = door.get(job_id, "/cues", params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def span(shown: dict[str, Any], cue: int) -> dict[str, Any]:
    """The first and the last word of a cue, as a page takes them from the answer."""
    return {
        "first": [shown["paragraphs"][cue], shown["words"][cue]],
        "last": [shown["last_paragraphs"][cue], shown["last_words"][cue]],
    }


def test_captions_are_saved_shown_and_undone(door: Door, completed: str) -> None:
    # The others hold segments, which people's texts have at sentences.
    names = FORMATS.keys() - {"json", "verbose_json"}
    files = {name: door.get(completed, f"/download/{name}").content for name in names}
    before = cues(door, completed)
    assert (before["pins"], before["places"], before["styles"], before["own"], before["warnings"]) == (
        [],
        [],
        [],
        [],
        [],
    )
    first, second = span(before, 0), span(before, 1)
    end_ms = before["starts"][1] - 1
    edit(
        door, completed, 0,
        {"op": "setTimes", **first, "start_ms": before["starts"][0] + 1, "end_ms": end_ms},
        {"op": "style", **first, "italic": True},
        {"op": "place", **second, "position": "top", "align": "left"},
    )  # fmt: skip
    shown = cues(door, completed)
    assert shown["pins"] == [{"cue": 0, "start": True, "end": True}]
    assert (shown["starts"][0], shown["ends"][0]) == (before["starts"][0] + 1, end_ms)
    assert shown["places"] == [{"cue": 1, "position": "top", "align": "left"}]
    assert {style["cue"] for style in shown["styles"]} == {0}
    assert shown["texts"] == before["texts"]
    assert "{\\an7}" in door.get(completed, "/download/srt").text
    assert "<i>" in door.get(completed, "/download/vtt").text
    corrected = typed(text(door, completed)["paragraphs"][0], "Zaubermaus")
    corrected.pop("overrides")  # a page that knows nothing of captions
    edit(door, completed, 1, splice("0", insert=[corrected]))
    assert cues(door, completed)["pins"] == shown["pins"]
    assert cues(door, completed, profile="bbc")["pins"]
    assert cues(door, completed, revision=1) == shown | {"revision": 1}
    for revision in (1, 0):
        newest = text(door, completed)["newest"]
        assert post(door, completed, "/restore", newest, {"revision": revision}).status_code == 201
        assert cues(door, completed)["starts"] == (shown if revision else before)["starts"]
    assert {name: door.get(completed, f"/download/{name}").content for name in names} == files


def test_sounds_are_added_told_and_left_out(door: Door, completed: str) -> None:
    before = cues(door, completed)
    late_ms = before["ends"][-1]
    sound = {"id": "c1", "start_ms": late_ms - 200, "end_ms": late_ms, "text": "door slams", "kind": "sound"}
    edit(door, completed, 0, {"op": "addCue", "cue": sound})
    shown = cues(door, completed)
    (own,) = shown["own"]
    assert (own["id"], own["kind"], shown["texts"][own["cue"]]) == ("c1", "sound", "[door slams]")
    assert (shown["words"][own["cue"]], shown["starts"][own["cue"]]) == (None, late_ms - 200)
    assert text(door, completed)["own"] == [sound]
    for name in ("srt", "txt", "md", "ttml"):
        assert "[door slams]" in door.get(completed, f"/download/{name}").text
        assert "door slams" not in door.get(completed, f"/download/{name}", params={"sounds": "0"}).text
    again = {"operations": [{"op": "addCue", "cue": sound}]}
    assert post(door, completed, "", 0, again).json()["revision"] == 1  # its answer was lost
    assert fault_of(post(door, completed, "", 1, again)) == (422, "bad_request")


@pytest.mark.parametrize(
    ("operation", "complaint"),
    [
        ({"op": "shift", "first": ["0", 0]}, "operations.0.shift.ms"),
        ({"op": "style", "first": ["0", 0], "last": ["0", -1], "italic": True}, "operations.0.style.last.1"),
        ({"op": "place", "first": ["0", 0], "last": ["0", 0], "position": "middle"}, "operations.0.place.position"),
        ({"op": "mergeCues", "first": ["0", 0], "last": ["nobody", 0]}, "operations.0: there is no paragraph nobody"),
        ({"op": "layer", "own": [], "shifts": []}, "operations.0"),
        ({"op": "override", "paragraphs": [{"id": "0", "overrides": [[0, {"loud": 1}]]}]}, "overrides.0.1.loud"),
    ],
)
def test_what_is_refused(door: Door, completed: str, operation: dict[str, Any], complaint: str) -> None:
    answer = post(door, completed, "", 0, {"operations": [operation]})
    assert fault_of(answer) == (422, "bad_request")
    assert complaint in answer.text
    assert door.get(completed, "/revisions").json()["newest"] == 0
