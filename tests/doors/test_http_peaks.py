"""How loud a recording is, over HTTP: what a waveform is drawn from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from aisubs.media.peaks import peaks_of
from tests.doors.http_door import Door, fault_of, open_door
from tests.scripted_engine import ScriptedEngine
from tests.speech import long_recording, write_audio
from tests.track_files import Sound, write_tracks


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as door:
        yield door


def talk(folder: Path, seconds: float = 40) -> bytes:
    return write_audio(long_recording(seconds, seed=4).samples(), folder / "talk.flac").read_bytes()


def test_a_byte_for_every_16_ms_of_the_recording(door: Door, tmp_path: Path) -> None:
    job_id = door.upload(talk(tmp_path))
    nothing = door.get(job_id, "/peaks")
    assert (nothing.status_code, nothing.content) == (200, b"")
    door.workshop.work(ScriptedEngine())
    found = door.get(job_id, "/peaks")
    assert (found.status_code, found.headers["content-type"]) == (200, "application/octet-stream")
    assert found.content == door.workshop.peaks(job_id)
    known = np.frombuffer(peaks_of(long_recording(40, seed=4).samples()), np.uint8).astype(int)
    heard = np.frombuffer(found.content, np.uint8).astype(int)
    assert len(heard) == 2500
    assert np.abs(heard**2 - known**2).max() <= 2 * 255 + 2  # 16-bit numbers
    again = door.get(job_id, "/peaks", headers=door.auth(job_id) | {"If-None-Match": found.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_long_answer_is_packed_for_whoever_unpacks_it(door: Door, tmp_path: Path) -> None:
    job_id = door.upload(talk(tmp_path, 140))
    door.workshop.work(ScriptedEngine())
    answers = [
        door.get(job_id, "/peaks", headers=door.auth(job_id) | {"Accept-Encoding": coding})
        for coding in ("gzip", "identity")
    ]
    assert [answer.headers.get("content-encoding") for answer in answers] == ["gzip", None]
    assert answers[0].content == answers[1].content
    assert answers[0].headers["etag"] != answers[1].headers["etag"]


def test_by_a_link_only_where_that_includes_the_recording(door: Door, tmp_path: Path) -> None:
    job_id = door.upload(talk(tmp_path))
    door.workshop.work(ScriptedEngine())
    own = door.get(job_id, "/peaks")
    for includes, expected in ((False, 403), (True, 200)):
        said = {"include_media": includes}
        made = door.http.post(f"/api/jobs/{job_id}/share", json=said, headers=door.auth(job_id)).json()
        guest = {"Authorization": f"Bearer {made['token']}"}
        seen = door.http.get(f"/api/jobs/{job_id}/peaks", headers=guest)
        assert seen.status_code == expected
        if not includes:
            assert fault_of(seen) == (403, "recording_not_shared")
            known = door.http.get(f"/api/jobs/{job_id}/peaks", headers=guest | {"If-None-Match": own.headers["etag"]})
            assert known.status_code == 403
        else:
            assert seen.content == own.content


def test_a_job_that_takes_over_a_result_has_its_peaks_and_a_deleted_one_has_none(door: Door, tmp_path: Path) -> None:
    first = door.upload(talk(tmp_path))
    door.workshop.work(ScriptedEngine())
    second = door.upload(talk(tmp_path))
    door.workshop.work(ScriptedEngine())
    shown = door.get(second).json()
    expected = door.workshop.peaks(first)
    assert door.get(second, "/peaks").content == expected, shown
    door.delete(first)
    assert fault_of(door.get(first, "/peaks")) == (404, "job_not_found")
    assert door.get(second, "/peaks").content == expected


def test_of_tracks_in_turn_the_loudest_at_every_place(door: Door, tmp_path: Path) -> None:
    anna, bob = long_recording(60, seed=21).samples(), long_recording(30, seed=22).samples()
    path = write_tracks(tmp_path / "talk.mkv", Sound(anna, "eng", "Anna"), Sound(bob, "eng", "Bob"))
    job_id = door.upload(path.read_bytes(), filename="talk.mkv", audio_track="each")
    door.workshop.work(ScriptedEngine())
    windows = door.workshop.peaks(job_id)
    found = door.get(job_id, "/peaks").content
    first = np.frombuffer(windows[: len(found)], np.uint8)
    second = np.frombuffer(windows[len(found) :], np.uint8)
    assert abs(len(found) - 60_000 // 16) <= 4
    assert abs(len(second) - 30_000 // 16) <= 4
    assert list(found) == list(np.maximum(first, np.pad(second, (0, len(first) - len(second)))))
    assert list(found) != list(first)


def test_a_job_of_an_older_version_has_no_peaks(door: Door, tmp_path: Path) -> None:
    job_id = door.upload(talk(tmp_path))
    door.workshop.work(ScriptedEngine())
    door.workshop.sql("update aisubs.transcript_windows set peaks = null where seq = 0")
    answer = door.get(job_id, "/peaks")
    assert (answer.status_code, answer.content) == (204, b"")
