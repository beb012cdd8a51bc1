"""Recordings come in as gcloud brings them, as a browser does, and in ways that are none."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx

from tests.rehearsal.cloud import WEB_ORIGIN, Cloud
from tests.speech import SAMPLE_VIDEO, expected_words

SAMPLE = SAMPLE_VIDEO.read_bytes()
CHUNK = 256 * 1024
FORMATS = ("srt", "vtt", "json", "txt")


def words_of(text: str) -> set[str]:
    return set(re.findall(r"[a-z']+", text.lower()))


def assert_tells(text: str, recording: Path) -> None:
    expected = set(expected_words(recording))
    assert len(words_of(text) & expected) >= 0.8 * len(expected)


def upload_in_parts(cloud: Cloud, name: str, data: bytes, parts: int) -> None:
    """A parallel composite upload of gcloud: temporary objects, composed, then deleted."""
    folder = "gcloud/tmp/parallel_composite_uploads/see_gcloud_storage_cp_help_for_details"
    bucket, size = cloud.bucket("uploads"), -(-len(data) // parts)
    blobs = [bucket.blob(f"{folder}/{name}_{number}") for number in range(parts)]
    for number, blob in enumerate(blobs):
        blob.upload_from_string(data[number * size : (number + 1) * size])
    whole = bucket.blob(name)
    whole.metadata = {"language": "en", "x-goog-note": "kept"}
    whole.compose(blobs)
    for blob in blobs:
        blob.delete()


def test_a_drop_by_gcloud_gets_its_subtitles_in_the_results_bucket(cloud: Cloud) -> None:
    cloud.drop("interviews/aisubs.json", json.dumps({"language": "de", "initial_prompt": "Monday."}).encode())
    upload_in_parts(cloud, "interviews/monday.mp4", SAMPLE, 3)
    row = cloud.completed("interviews/monday.mp4")
    assert row["options"] == {"language": "en", "initial_prompt": "Monday."}
    assert (row["source"], row["retry_count"]) == ("bucket", 0)
    cloud.until(lambda: len(cloud.results("interviews/")) == 4)
    results = cloud.results("interviews/")
    assert set(results) == {f"interviews/monday.mp4.{suffix}" for suffix in FORMATS}
    assert_tells(results["interviews/monday.mp4.txt"].decode(), SAMPLE_VIDEO)
    assert [row["object_name"] for row in cloud.rows("gcloud/")] == []
    cloud.until(lambda: len([one for one in cloud.eventarc.attempts if "monday" in one.name]) >= 4)
    assert {one.status for one in cloud.eventarc.attempts if "monday" in one.name} == {200}


def test_what_is_no_recording_is_refused_where_it_was_dropped(cloud: Cloud) -> None:
    cloud.drop("interviews/diary.mp4", b"Dear diary, this is text.\n" * 100)
    cloud.until(lambda: "interviews/diary.mp4.error.txt" in cloud.results(), sweeping=True)
    row = cloud.row("interviews/diary.mp4")
    assert (row["status"], row["error_code"]) == ("failed", "not_media")
    told = cloud.results()["interviews/diary.mp4.error.txt"].decode()
    assert told.strip() == row["error_message"]
    for name in ("folder/", "gcloud/tmp/parallel_composite_uploads/x_0", "a/gsutil/tmp/parallel_composite_uploads/y_1"):
        cloud.drop(name, b"" if name.endswith("/") else SAMPLE)
        cloud.until(lambda name=name: any(one.name == name and one.status == 200 for one in cloud.eventarc.attempts))
        assert cloud.rows(name) == []


def test_an_upload_by_a_browser(cloud: Cloud) -> None:
    api = httpx.Client(base_url=cloud.functions["api"].url, headers={"Origin": WEB_ORIGIN}, timeout=60)
    said = {"filename": "Grüße 🎬.mp4", "file_size_bytes": len(SAMPLE), "content_type": "video/mp4"}
    offered = api.post("/api/jobs/submit", json=said)
    assert (offered.status_code, offered.headers["access-control-allow-origin"]) == (201, WEB_ORIGIN)
    job, url = offered.json(), offered.json()["upload"]["url"]
    preflight = httpx.options(url, headers={"Origin": WEB_ORIGIN, "Access-Control-Request-Method": "PUT"})
    assert preflight.headers["access-control-allow-origin"] == WEB_ORIGIN
    sent = 0
    while sent < len(SAMPLE):
        part = SAMPLE[sent : sent + CHUNK]
        place = f"bytes {sent}-{sent + len(part) - 1}/{len(SAMPLE)}"
        answer = httpx.put(url, content=part, headers={"Origin": WEB_ORIGIN, "Content-Range": place}, timeout=60)
        assert answer.headers["access-control-allow-origin"] == WEB_ORIGIN
        if answer.status_code == 308:
            assert "Range" in answer.headers["access-control-expose-headers"]
            sent = int(answer.headers["range"].rpartition("-")[2]) + 1
        else:
            assert answer.status_code == 200, answer.text
            break

    mine = {"Authorization": f"Bearer {job['access_token']}"}
    seen = api.get(f"/api/jobs/{job['job_id']}")
    assert seen.status_code == 401
    cloud.until(lambda: api.get(f"/api/jobs/{job['job_id']}", headers=mine).json()["status"] == "completed")
    text = api.get(f"/api/jobs/{job['job_id']}/download/txt", headers=mine, follow_redirects=True)
    assert_tells(text.text, SAMPLE_VIDEO)
    assert "Grüße".encode() not in b"".join(name.encode() for name in cloud.results())
    (row,) = cloud.sql("select object_name from aisubs.transcription_jobs where job_id = %s", job["job_id"])
    assert httpx.get(f"{cloud.gcs.url}/uploads/{row['object_name']}").status_code in (400, 403)


def test_an_upload_of_more_than_was_announced_is_not_taken(cloud: Cloud) -> None:
    said = {"filename": "a.mp4", "file_size_bytes": 1000, "content_type": "video/mp4"}
    offered = httpx.post(f"{cloud.functions['api'].url}/api/jobs/submit", json=said, timeout=60).json()
    assert httpx.put(offered["upload"]["url"], content=SAMPLE, timeout=60).status_code == 400
    assert cloud.sql("select status from aisubs.transcription_jobs where job_id = %s", offered["job_id"]) == [
        {"status": "uploading"}
    ]
