"""Names across recordings, from the worker that hears voices to the person who says yes, no, or forget."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.doors.http_door import Door, fault_of, open_door
from tests.scripted_diarizer import ScriptedDiarizer, write_talk
from tests.scripted_engine import ScriptedEngine

MINE, OTHER = ({"Authorization": f"Bearer lib_{letter * 26}"} for letter in "ab")
OFF = {"enabled": False, "voices": []}


@dataclass
class Desk:
    """Recordings of a loud and a low voice, of whoever has the library key `MINE`."""

    door: Door
    talk: bytes

    def heard(self) -> str:
        said = {"filename": "talk.wav", "file_size_bytes": len(self.talk), "num_speakers": 2, "fresh": True}
        offer = self.door.http.post("/api/jobs/submit", json=said, headers=MINE).json()
        self.door.tokens[offer["job_id"]] = offer["access_token"]
        self.door.http.put(offer["upload"]["url"], content=self.talk)
        self.door.workshop.work(ScriptedEngine(batch_size=4), diarizer=ScriptedDiarizer())
        assert self.door.status(offer["job_id"]) == "completed"
        return str(offer["job_id"])

    def name(self, job_id: str, speaker: str, name: str | None, headers: dict[str, str] = MINE) -> None:
        newest = self.door.http.get(f"/api/jobs/{job_id}/transcript", headers=headers).json()["newest"]
        operations = [{"op": "name", "speaker": speaker, "name": name}]
        answer = self.door.http.post(
            f"/api/jobs/{job_id}/revisions",
            json={"operations": operations},
            headers=headers | {"If-Match": f'"{newest}"'},
        )
        assert answer.status_code == 201, answer.text

    def switch(self, enabled: bool) -> dict[str, Any]:
        answer = self.door.http.put("/api/voices", json={"enabled": enabled}, headers=MINE)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def known(self, headers: dict[str, str] = MINE) -> dict[str, Any]:
        found: dict[str, Any] = self.door.http.get("/api/voices", headers=headers).json()
        return found

    def suggested(self, job_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.door.http.get(f"/api/jobs/{job_id}/voices", headers=MINE).json()[
            "suggestions"
        ]
        return found

    def prints(self) -> int:
        """How many there are in the database."""
        tables = ("voice_prints", "job_voices")
        return sum(len(self.door.workshop.sql(f"select job_id from aisubs.{table}")) for table in tables)


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    talk = write_talk(tmp_path / "talk.wav", 90).read_bytes()
    with open_door(database_url, tmp_path / "door", diarizer=ScriptedDiarizer()) as door:
        yield Desk(door, talk)


def test_off_at_first_and_then_nothing_of_a_voice_is_kept(desk: Desk) -> None:
    assert desk.known() == OFF
    desk.name(desk.heard(), "Speaker 1", "Anna")
    assert desk.suggested(desk.heard()) == []
    assert (desk.known(), desk.prints()) == (OFF, 0)


def test_whoever_was_named_is_suggested_in_the_next_recording(desk: Desk) -> None:
    assert desk.switch(True) == {"enabled": True, "voices": []}
    desk.name(desk.heard(), "Speaker 1", "Anna")
    second, third = desk.heard(), desk.heard()
    (told,) = desk.suggested(second)
    assert (told["speaker"], told["suggested_name"]) == ("Speaker 1", "Anna")
    assert 0.99 <= told["similarity"] <= 1
    desk.name(second, "Speaker 1", "Anna")
    (anna,) = desk.known()["voices"]
    assert (anna["name"], anna["recordings"]) == ("Anna", 2)
    declined = desk.door.http.post(f"/api/jobs/{third}/voices/decline", json={"speaker": "Speaker 1"}, headers=MINE)
    assert declined.status_code == 204
    assert (desk.suggested(second), desk.suggested(third)) == ([], [])


def test_deciding_anew_looks_for_the_voices_again(desk: Desk) -> None:
    desk.switch(True)
    desk.name(desk.heard(), "Speaker 1", "Anna")
    second = desk.heard()
    for number, expected in ((1, []), (2, ["Anna"])):
        revision = desk.door.http.get(f"/api/jobs/{second}/transcript", headers=MINE).json()["newest"]
        based_on = MINE | {"If-Match": f'"{revision}"'}
        answer = desk.door.http.post(f"/api/jobs/{second}/speakers", json={"num_speakers": number}, headers=based_on)
        assert answer.status_code == 201, answer.text
        assert [one["suggested_name"] for one in desk.suggested(second)] == expected


@pytest.mark.parametrize("how", ["one", "all", "off"])
def test_forgetting_leaves_no_print_and_no_suggestion(desk: Desk, how: str) -> None:
    desk.switch(True)
    first = desk.heard()
    desk.name(first, "Speaker 1", "Anna")
    desk.name(first, "Speaker 2", "Ben")
    second = desk.heard()
    assert len(desk.suggested(second)) == 2
    voice_id = desk.known()["voices"][0]["voice_id"]
    if how == "off":
        assert desk.switch(False) == OFF
    else:
        path = f"/api/voices/{voice_id}" if how == "one" else "/api/voices"
        assert desk.door.http.delete(path, headers=MINE).status_code == 204
    left = ["Ben"] if how == "one" else []
    assert [voice["name"] for voice in desk.known()["voices"]] == left
    assert [one["suggested_name"] for one in desk.suggested(second)] == left
    assert desk.prints() == 3 * len(left)


def test_no_answer_holds_a_print(desk: Desk) -> None:
    desk.switch(True)
    job_id = desk.heard()
    desk.name(job_id, "Speaker 1", "Anna")
    (row, *_) = desk.door.workshop.sql("select print, encode(print, 'base64') as told from aisubs.voice_prints")
    for path in ("/api/voices", f"/api/jobs/{job_id}/voices", f"/api/jobs/{job_id}", f"/api/jobs/{job_id}/transcript"):
        answer = desk.door.http.get(path, headers=MINE)
        assert answer.status_code == 200
        assert row["told"] not in answer.text
        assert bytes(row["print"]).hex() not in answer.text


def test_voices_are_their_owners_alone(desk: Desk) -> None:
    desk.switch(True)
    job_id = desk.heard()
    desk.name(job_id, "Speaker 1", "Anna")
    (anna,) = desk.known()["voices"]
    http, token = desk.door.http, desk.door.auth(job_id)
    assert fault_of(http.get("/api/voices")) == (401, "unauthorized")
    assert http.get("/api/voices", headers=OTHER).json() == OFF
    assert http.get("/api/voices", headers=token).json() == OFF
    assert fault_of(http.put("/api/voices", json={"enabled": True}, headers=token)) == (403, "voices_owner")
    assert fault_of(http.delete("/api/voices", headers=token)) == (403, "voices_owner")
    assert fault_of(http.delete(f"/api/voices/{anna['voice_id']}", headers=OTHER)) == (404, "not_found")
    assert fault_of(http.delete("/api/voices/x", headers=MINE)) == (404, "not_found")
    link = http.post(f"/api/jobs/{job_id}/share", json={}, headers=MINE).json()["token"]
    guest = {"Authorization": f"Bearer {link}"}
    assert fault_of(http.get(f"/api/jobs/{job_id}/voices", headers=guest)) == (403, "read_only")
    assert desk.known()["voices"] == [anna]
