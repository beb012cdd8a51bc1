"""Ways to read and to correct a transcript over HTTP, as the page does it."""

from __future__ import annotations

from typing import Any

import httpx

from tests.doors.http_door import Door
from tests.scripted_engine import ScriptedEngine
from tests.speech import SAMPLE_VIDEO


def transcribed(door: Door) -> str:
    """The id of a job whose transcript is there."""
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
