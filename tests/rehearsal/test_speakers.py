"""Who spoke when, in the cloud: a worker listens, and a function that has no weights decides once more."""

from __future__ import annotations

from typing import Any

import httpx

from aisubs.cli.demo_sample import VIDEO
from aisubs.weights.speakers.place import FoundSpeakers
from tests.rehearsal.cloud import Cloud

SAMPLE = VIDEO.read_bytes()


def test_another_number_of_speakers_is_decided_by_a_function(cloud: Cloud, speakers: FoundSpeakers) -> None:
    api = httpx.Client(base_url=cloud.functions["api"].url, timeout=120)
    assert api.get("/api/config").json()["diarize"] is True
    said = {"filename": "talk.mp4", "file_size_bytes": len(SAMPLE), "content_type": "video/mp4", "diarize": True}
    job = api.post("/api/jobs/submit", json=said).json()
    httpx.put(job["upload"]["url"], content=SAMPLE, timeout=120).raise_for_status()
    path, mine = f"/api/jobs/{job['job_id']}", {"Authorization": f"Bearer {job['access_token']}"}
    cloud.until(lambda: api.get(path, headers=mine).json()["status"] in ("completed", "failed"))
    told = api.get(path, headers=mine).json()
    assert told["status"] == "completed", cloud.told()

    def labels(**asked: Any) -> set[str | None]:
        shown = api.get(f"{path}/transcript", headers=mine, params=asked).json()
        return {paragraph["speaker"] for paragraph in shown["paragraphs"]}

    found = labels()
    assert len(found) == told["diarization"]["found"] > 1
    (object_name,) = cloud.sql("select object_name from aisubs.transcription_jobs where job_id = %s", job["job_id"])
    cloud.bucket("uploads").blob(object_name["object_name"]).delete()
    executions = list(cloud.executions())
    for based_on, (choice, expected) in enumerate([({"num_speakers": 1}, 1), ({}, len(found))]):
        answer = api.post(f"{path}/speakers", json=choice, headers=mine | {"If-Match": f'"{based_on}"'})
        assert answer.status_code == 201, (answer.text, cloud.told())
        assert len(labels()) == expected
    assert labels(revision=0) == found
    assert list(cloud.executions()) == executions
