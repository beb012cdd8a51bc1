"""Transcripts over HTTP: while they grow, and as files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from aisubs.formats import FORMATS, render
from aisubs.model.transcript import Segment, Window, Word
from aisubs.pipeline.jobs import Claim
from aisubs.pipeline.read_transcript import assemble
from tests.doors.http_door import Door, fault_of, open_door, recording
from tests.scripted_engine import ScriptedEngine
from tests.speech import SAMPLE_VIDEO


@pytest.fixture
def door(database_url: str, tmp_path: Path) -> Iterator[Door]:
    with open_door(database_url, tmp_path) as door:
        yield door


def tile(seq: int) -> Window:
    """Ten seconds, with one sentence."""
    start = seq * 10_000
    words = (Word(start + 100, start + 500, f"Sentence{seq}", 0.9), Word(start + 500, start + 900, " ends.", 0.8))
    segment = Segment(start + 100, start + 900, f"Sentence{seq} ends.", words)
    return Window(seq, start, start + 10_000, 800, (segment,), ((start + 100, start + 900),))


def claimed(door: Door, job_id: str) -> Claim:
    claim = door.workshop.jobs.claim_next_job(3, "a worker")
    assert claim is not None
    assert claim.job_id == job_id
    return claim


def save(door: Door, claim: Claim, *seqs: int) -> None:
    door.workshop.jobs.save_windows(
        claim.job_id, claim.fence, [tile(seq) for seq in seqs], {}, language="en", remaining_ms=60_000
    )


def test_the_transcript_grows(door: Door) -> None:
    job_id = door.upload(recording())
    nothing = door.get(job_id, "/windows").json()
    assert (nothing["windows"], nothing["next_seq"], nothing["finished"]) == ([], 0, False)
    claim = claimed(door, job_id)
    save(door, claim, 0, 1)
    some = door.get(job_id, "/windows").json()
    assert [window["seq"] for window in some["windows"]] == [0, 1]
    assert some["windows"][1]["segments"][0]["text"] == "Sentence1 ends."
    assert some["windows"][1]["segments"][0]["words"][0]["start_ms"] == 10_100
    assert (some["next_seq"], some["finished"], some["status"]) == (2, False, "processing")
    save(door, claim, 2, 3, 4)
    more = door.get(job_id, "/windows", params={"since": 2, "limit": 2}).json()
    assert ([window["seq"] for window in more["windows"]], more["next_seq"]) == ([2, 3], 4)
    assert more["version"] > some["version"]
    for wrong in ({"since": -1}, {"limit": 0}, {"limit": 100_000}, {"since": "x"}):
        assert fault_of(door.get(job_id, "/windows", params=wrong)) == (422, "bad_request")


def test_what_is_saved_can_be_had_before_the_end(door: Door) -> None:
    job_id = door.upload(recording())
    claim = claimed(door, job_id)
    save(door, claim, 0, 1)
    early = door.get(job_id, "/download/srt")
    assert fault_of(early) == (409, "not_finished")
    assert early.json()["error"]["retryable"] is True
    partial = door.get(job_id, "/download/srt", params={"partial": "true"})
    assert (partial.status_code, partial.text.count(" --> ")) == (200, 2)
    assert "Sentence1 ends." in partial.text
    door.workshop.jobs.fail_job(
        job_id, claim.fence, "damaged", "It is damaged.", retryable=False, max_retries=3, retry_backoff_s=0
    )
    failed = door.get(job_id, "/windows", params={"since": 1}).json()
    assert (failed["finished"], failed["status"]) == (True, "failed")
    assert "Sentence0" in door.get(job_id, "/download/txt", params={"partial": "1"}).text


@pytest.fixture
def completed(door: Door) -> str:
    job_id = door.upload(SAMPLE_VIDEO.read_bytes(), filename='Gr\u00fc\u00dfe "1" \U0001f3a4.mp4')
    door.workshop.work(ScriptedEngine())
    assert door.status(job_id) == "completed"
    return job_id


def test_every_format_can_be_had(door: Door, completed: str) -> None:
    written = door.workshop.files(completed)
    listed = door.http.get("/api/formats").json()
    assert {row["name"] for row in listed["formats"]} == set(FORMATS)
    assert "netflix" in listed["profiles"]
    for row in listed["formats"]:
        file = door.get(completed, f"/download/{row['name']}")
        assert file.status_code == 200
        assert file.content
        assert file.headers["content-type"] == row["media_type"]
        shown = file.headers["content-disposition"]
        assert shown.startswith('attachment; filename="Gr__e _1_ _')
        assert shown.endswith(f"filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%221%22%20%F0%9F%8E%A4{row['suffix']}")
        if row["name"] in written:
            assert file.content == written[row["name"]]


def test_what_is_made_on_demand_equals_what_was_written(door: Door, completed: str) -> None:
    written = door.workshop.files(completed)
    for name in ("srt", "vtt", "txt", "json"):
        for found in door.app.store.list(f"results/{completed}/"):
            if found.name.endswith(f".{name}"):
                door.app.store.delete(found.name)
        assert door.get(completed, f"/download/{name}").content == written[name]
    job = door.workshop.row(completed)
    made = assemble(
        door.workshop.windows(completed), language="en", task="transcribe", model="scripted", title=job["filename"]
    )
    assert render(made, "srt") == written["srt"]


def test_choices_of_a_download(door: Door, completed: str) -> None:
    plain = door.get(completed, "/download/srt")
    chosen = door.get(completed, "/download/srt", params={"bom": "true", "crlf": "true"})
    assert chosen.content == b"\xef\xbb\xbf" + plain.content.replace(b"\n", b"\r\n")
    narrow = door.get(completed, "/download/srt", params={"profile": "plain"})
    assert narrow.content != plain.content
    assert narrow.headers["etag"] != plain.headers["etag"]
    for wrong in ({"profile": "x"}, {"bom": "maybe"}, {"sparkles": "1"}, {"voices": "1"}, {"token": "abc"}):
        assert fault_of(door.get(completed, "/download/srt", params=wrong)) == (422, "bad_request")
    assert fault_of(door.get(completed, "/download/exe")) == (404, "bad_format")
    assert "exe" in door.get(completed, "/download/exe").json()["error"]["message"]


def test_a_file_that_is_known_is_not_sent_again(door: Door, completed: str) -> None:
    first = door.get(completed, "/download/vtt")
    assert first.headers["etag"] == f'"{hashlib.sha256(first.content).hexdigest()[:32]}"'
    again = door.get(completed, "/download/vtt", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = door.http.head(f"/api/jobs/{completed}/download/vtt", headers=door.auth(completed))
    assert (head.status_code, int(head.headers["content-length"])) == (200, len(first.content))
