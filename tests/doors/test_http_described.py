"""What the OpenAPI document promises is what comes: no 5xx, no status, type or form of an answer that it does not name.

`python -m tests.bench described` asks a hundred times as much.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aisubs.local.tokens import SIGN_IN, own_token
from tests.described_api import Asker
from tests.doors.http_door import Door, open_door
from tests.doors.text_door import edit, transcribed

EXAMPLES, SEED = 2, 1


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path, edition="local") as door:
        yield door


def asker_of(door: Door) -> Asker:
    """Nobody, who has a job with a text that was corrected, and the machine's owner, who has none."""
    job_id = transcribed(door)
    edit(door, job_id, 0, {"op": "name", "speaker": "S1", "name": "Angela"})
    session = door.http.post("/api/sign-in", json={"key": own_token(door.workshop.folder, SIGN_IN)}).json()
    callers = {"nobody": {}, "holder": door.auth(job_id), "owner": {"Authorization": f"Bearer {session['token']}"}}
    return Asker(str(door.http.base_url).rstrip("/"), callers, {"job_id": job_id, "format_name": "vtt"})


def test_every_answer_is_one_that_is_described(door: Door) -> None:
    asker = asker_of(door)
    assert list(asker.faults(EXAMPLES, SEED)) == []
    assert {200, 201, 401, 404, 422} <= set(asker.asked), "too little was asked for to learn anything"
