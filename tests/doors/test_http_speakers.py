"""Speakers over HTTP: asked for, told apart, and told apart once more with another number of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from aisubs.model.turns import SpeakerCount, Turn
from aisubs.ports import SpeakerChunk
from tests.doors.http_door import Door, fault_of, open_door
from tests.doors.text_door import edit, post, splice, text, typed
from tests.pipeline.test_channels import call
from tests.scripted_diarizer import ScriptedDiarizer, write_talk
from tests.scripted_engine import ScriptedEngine
from tests.two_sides import write_stereo

DIARIZER = ScriptedDiarizer()


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path, diarizer=DIARIZER, diarize=True) as door:
        yield door


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_talk(tmp_path_factory.mktemp("recordings") / "talk.wav", 90).read_bytes()


def told_apart(door: Door, talk: bytes, **said: Any) -> str:
    job_id = door.upload(talk, **said)
    door.workshop.work(ScriptedEngine(batch_size=4), diarizer=DIARIZER)
    assert door.status(job_id) == "completed"
    return job_id


def redo(door: Door, job_id: str, based_on: int | None, **choice: Any) -> httpx.Response:
    headers = door.auth(job_id) | ({} if based_on is None else {"If-Match": f'"{based_on}"'})
    return door.http.post(f"/api/jobs/{job_id}/speakers", json=choice, headers=headers)


def speakers(shown: dict[str, Any]) -> list[str | None]:
    return [paragraph["speaker"] for paragraph in shown["paragraphs"]]


def words(shown: dict[str, Any]) -> list[str]:
    return [word for paragraph in shown["paragraphs"] for word in paragraph["text"].split()]


def test_the_server_says_that_it_can_and_what_is_usual(door: Door, talk: bytes) -> None:
    told = door.http.get("/api/config").json()
    assert (told["diarize"], told["diarize_usual"]) == (True, True)
    usual, plain = told_apart(door, talk), told_apart(door, talk, diarize=False)
    assert door.get(usual).json()["options"] == {"diarize": True}
    assert door.get(plain).json()["options"] == {}
    assert door.get(usual).json()["diarization"]["found"] >= 2
    assert door.get(plain).json()["diarization"] is None
    assert set(speakers(text(door, plain))) == {None}
    assert "Speaker 2" in speakers(text(door, usual))
    assert b"voice" not in door.get(usual).content


def test_another_number_is_a_revision_and_hears_nothing_anew(door: Door, talk: bytes) -> None:
    job_id = told_apart(door, talk)
    before, heard = text(door, job_id), len(DIARIZER.heard)
    answer = redo(door, job_id, 0, num_speakers=1)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"'), answer.text
    one = text(door, job_id)
    assert len(set(speakers(one))) == 1
    assert words(one) == words(before)
    assert redo(door, job_id, 1).status_code == 201
    assert len(DIARIZER.heard) == heard
    again = text(door, job_id)
    assert len(set(speakers(again))) == len(set(speakers(before)))
    assert words(again) == words(before)
    assert text(door, job_id, revision=0)["paragraphs"] == before["paragraphs"]
    assert "Speaker 2" in door.get(job_id, "/download/srt").text
    assert post(door, job_id, "/restore", 2, {"revision": 0}).status_code == 201
    assert text(door, job_id)["paragraphs"] == before["paragraphs"]


def test_whoever_was_named_keeps_the_name_and_what_was_corrected_stays(door: Door, talk: bytes) -> None:
    job_id = told_apart(door, talk, num_speakers=2)
    shown = text(door, job_id)
    first = shown["paragraphs"][0]
    corrected = typed(first, "Corrected")
    edit(
        door,
        job_id,
        0,
        splice(first["id"], insert=[corrected], before=shown["paragraphs"][1]["id"]),
        {"op": "name", "speaker": "Speaker 1", "name": "Anna"},
    )
    assert redo(door, job_id, 1).status_code == 201
    after = text(door, job_id)
    assert after["speakers"] == {"Speaker 1": "Anna"}
    assert after["paragraphs"][0]["speaker"] == "Speaker 1"
    assert words(after)[0] == "Corrected"
    assert words(after) == [*words({"paragraphs": [corrected]}), *words({"paragraphs": shown["paragraphs"][1:]})]
    assert len(set(speakers(after))) > 2
    ids = [paragraph["id"] for paragraph in after["paragraphs"]]
    assert len(ids) == len(set(ids))


def test_it_is_told_as_any_correction_is(door: Door, talk: bytes) -> None:
    """The list of jobs shows it, the files beside a drop are written anew, and programs hear of ends alone."""
    job_id, other = told_apart(door, talk), told_apart(door, talk, fresh=True)
    sql = door.workshop.sql
    sql("update aisubs.transcription_jobs set owner_id = 'somebody', mirrored_at = now()")
    sql(
        "insert into aisubs.webhooks (owner_id, url, events, secret)"
        " values ('somebody', 'https://hook.example', '[\"job.completed\"]', 's')"
    )
    before = {
        one: sql("select version from aisubs.transcription_jobs where job_id = %s", one) for one in (job_id, other)
    }
    assert redo(door, job_id, 0, num_speakers=1).status_code == 201
    edit(door, other, 0, {"op": "name", "speaker": "Speaker 1", "name": "Anna"})
    told = (
        "select version - %s as versions, revision, mirrored_at, edited_at is not null as edited"
        " from aisubs.transcription_jobs"
    )
    again, corrected = (sql(f"{told} where job_id = %s", before[one][0]["version"], one) for one in (job_id, other))
    assert again == corrected
    assert (again[0]["revision"], again[0]["edited"], again[0]["mirrored_at"]) == (1, True, None)
    assert sql("select job_id from aisubs.webhook_messages") == []


def test_what_cannot_be_told_apart_again_is_refused(door: Door, talk: bytes) -> None:
    job_id, plain = told_apart(door, talk), told_apart(door, talk, diarize=False)
    assert fault_of(redo(door, plain, 0, num_speakers=2)) == (409, "speakers_not_kept")
    assert fault_of(redo(door, job_id, 5, num_speakers=2)) == (412, "revision_conflict")
    assert fault_of(redo(door, job_id, None, num_speakers=2)) == (422, "bad_request")
    assert fault_of(redo(door, job_id, 0, min_speakers=3, max_speakers=2)) == (422, "bad_request")
    assert fault_of(redo(door, job_id, 0, num_speakers=51)) == (422, "bad_request")
    assert fault_of(redo(door, job_id, 0, voices="all")) == (422, "bad_request")
    link = door.http.post(f"/api/jobs/{job_id}/share", json={}, headers=door.auth(job_id)).json()
    shown = {"Authorization": f"Bearer {link['token']}", "If-Match": '"0"'}
    answer = door.http.post(f"/api/jobs/{job_id}/speakers", json={}, headers=shown)
    assert fault_of(answer) == (403, "read_only")
    waiting = door.upload(talk, fresh=True)
    assert fault_of(redo(door, waiting, 0)) == (409, "not_finished")
    DIARIZER.fingerprint = "scripted-2"
    try:
        assert fault_of(redo(door, job_id, 0, num_speakers=2)) == (409, "speakers_not_kept")
    finally:
        DIARIZER.fingerprint = "scripted-1"


def test_people_with_a_channel_of_their_own_are_not_counted_anew(door: Door, tmp_path: Path) -> None:
    job_id = told_apart(door, write_stereo(call(), tmp_path / "call.flac").read_bytes())
    shown = door.get(job_id).json()
    assert [side["channel"] for side in shown["audio_track"]["in_turn"]] == [0, 1]
    assert shown["diarization"] is None, "by which the page knows that there are no voices to ask again"
    assert set(speakers(text(door, job_id))) == {"Speaker 1", "Speaker 2"}
    assert fault_of(redo(door, job_id, 0, num_speakers=2)) == (409, "speakers_by_track")


class Interrupted(ScriptedDiarizer):
    """Hears somebody fall in a second early, unless there is only one to be heard."""

    def decide(self, rows: Sequence[SpeakerChunk], duration_ms: int, count: SpeakerCount) -> list[Turn]:
        if count.number == 1:
            return [Turn(0, duration_ms, 1)]
        return [Turn(0, 30_000, 1), Turn(29_000, duration_ms, 2)]


def overlaps(door: Door, job_id: str, revision: int | None = None) -> list[list[int]]:
    """Where two speak at once, as the viewer and the file of a revision both tell it."""
    chosen = {} if revision is None else {"revision": revision}
    told = [text(door, job_id, **chosen), door.get(job_id, "/download/json", params=chosen).json()]
    seen, written = (one["coverage"]["overlaps"] for one in told)
    assert seen == written
    return list(seen)


def test_where_two_speak_at_once_follows_whoever_is_told_apart_anew(
    database_url: str, tmp_path: Path, talk: bytes
) -> None:
    diarizer = Interrupted()
    with open_door(database_url, tmp_path, diarizer=diarizer, diarize=True) as door:
        job_id = door.upload(talk)
        door.workshop.work(ScriptedEngine(batch_size=4), diarizer=diarizer)
        both = [[29_000, 30_000]]
        assert overlaps(door, job_id) == both
        assert redo(door, job_id, 0, num_speakers=1).status_code == 201
        assert overlaps(door, job_id) == []
        edit(door, job_id, 1, {"op": "name", "speaker": "Speaker 1", "name": "Anna"})
        assert overlaps(door, job_id) == []
        assert overlaps(door, job_id, revision=0) == both
        assert post(door, job_id, "/restore", 2, {"revision": 0}).status_code == 201
        assert overlaps(door, job_id) == both
        assert overlaps(door, job_id, revision=2) == []
        assert post(door, job_id, "/restore", 3, {"revision": 1}).status_code == 201
        assert overlaps(door, job_id) == []
        assert redo(door, job_id, 4, num_speakers=2).status_code == 201
        assert overlaps(door, job_id) == both
        sent = {"operations": [{"op": "overlaps", "spans": []}]}
        assert fault_of(post(door, job_id, "", 5, sent)) == (422, "bad_request")
