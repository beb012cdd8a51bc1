"""A recording goes in through the web API, subtitles come out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx
import pytest

from aisubs.cli.demo_sample import VIDEO, compare
from tests.speech import long_recording, write_audio
from tests.whole.conftest import Clip
from tests.whole.edition import RIGHT, Up, Upload, eventually, running, share_heard
from tests.whole.recordings import silent_video

CONCURRENCY = 3


def test_a_video_becomes_the_words_that_were_said(real_up: Up) -> None:
    upload = Upload(real_up, "sample.mp4", VIDEO.read_bytes()).send(100_000)
    job = upload.wait("completed")
    assert job["progress"] == 100
    assert job["windows"] > 0
    assert compare(upload.download("txt").decode()).rate <= 0.05
    srt = upload.download("srt").decode()
    assert srt.startswith("1\n00:00:0")
    assert upload.download("vtt").startswith(b"WEBVTT\n")


def test_the_same_event_twice_makes_one_job(up: Up, clip: Clip) -> None:
    upload = Upload(up, "twice.mp4", clip.data).send()
    for _ in range(3):
        assert upload.ask_upload().status_code == 200  # each tells the edition of the object again
    upload.wait("completed")
    with httpx.Client(trust_env=False, headers=upload.headers) as http:
        assert http.get(f"{up.url}/api/jobs").json()["total"] == 1


def test_an_upload_goes_on_over_a_restart(clip: Clip, tmp_path: Path) -> None:
    data = clip.data
    half = len(data) // 2
    with running(tmp_path / "edition") as up:
        port = httpx.URL(up.url).port
        upload = Upload(up, "sample.mp4", data)
        span = f"bytes 0-{half - 1}/{len(data)}"
        assert upload.upload_url is not None
        with httpx.Client(trust_env=False) as http:
            assert http.put(upload.upload_url, content=data[:half], headers={"Content-Range": span}).status_code == 308
        assert up.stop() == 0
        up.start_again_on(port)
        asked = upload.ask_upload()
        assert (asked.status_code, asked.headers["range"]) == (308, f"bytes=0-{half - 1}")
        span = f"bytes {half}-{len(data) - 1}/{len(data)}"
        with httpx.Client(trust_env=False) as http:
            assert http.put(upload.upload_url, content=data[half:], headers={"Content-Range": span}).status_code == 200
        upload.wait("completed")


@pytest.mark.parametrize(
    ("size_bytes", "status", "code"), [(0, 422, "empty_file"), (20_000_001, 413, "too_big"), (-1, 422, "empty_file")]
)
def test_what_can_be_refused_before_the_upload_is(up: Up, size_bytes: int, status: int, code: str) -> None:
    with httpx.Client(trust_env=False) as http:
        body = {"filename": "talk.mp4", "file_size_bytes": size_bytes}
        reply = http.post(f"{up.url}/api/jobs/submit", json=body)
    assert reply.status_code == status, reply.text
    fault = reply.json()["error"]
    assert (fault["code"], fault["retryable"]) == (code, False)
    assert fault["message"].endswith(".")


def test_unfit_uploads_fail_with_a_sentence_and_others_go_on(up: Up, clip: Clip, tmp_path: Path) -> None:
    silent_video(tmp_path / "silent.mp4")
    unfit = {
        "lies.mp4": (b"This is a text, whatever its name says. " * 100, "not_media"),
        "cut.mp4": (clip.data[: len(clip.data) * 2 // 3], "truncated"),
        "silent.mp4": ((tmp_path / "silent.mp4").read_bytes(), "no_audio"),
    }
    good = Upload(up, "good.mp4", clip.data + b"\0").send()
    for name, (data, code) in unfit.items():
        upload = Upload(up, name, data).send()
        job = upload.wait("failed")
        assert (job["error_code"], job["retryable"]) == (code, False)
        assert job["error_message"].endswith(".")
        upload.close()
    good.wait("completed")


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.mp4",
        "C:\\talks\\talk.mp4",
        "a 'b' \"c\".mp4",
        "🎬.mp4",
        "rtl\u202e4pm.exe.mp4",
        "x" * 300 + ".mp4",
    ],
)
def test_a_strange_name_does_no_harm(up: Up, clip: Clip, name: str) -> None:
    upload = Upload(up, name, clip.data).send()
    job = upload.wait("completed")
    assert "/" not in job["filename"]
    assert "\u202e" not in job["filename"]
    assert job["filename"].endswith(".mp4")
    assert share_heard(upload.download("txt").decode(), clip.words) > RIGHT
    upload.close()


def test_fifty_at_once_never_run_more_than_three(up: Up, tmp_path: Path) -> None:
    recordings = []
    for seed in range(50):
        path = tmp_path / f"{seed}.wav"
        # Speech in every fifth; the others are quick, so that slots change hands often.
        write_audio(long_recording(3.5 if seed % 5 == 0 else 0.9, seed, noise=0.0005).blocks(), path)
        recordings.append(path.read_bytes())
    together = Barrier(len(recordings))

    def submit(number: int) -> dict[str, Any]:
        together.wait()
        upload = Upload(up, f"{number}.wav", recordings[number]).send()
        job = upload.wait("completed")
        upload.close()
        return job

    with ThreadPoolExecutor(len(recordings)) as pool:
        jobs = list(pool.map(submit, range(len(recordings))))
    assert most_at_once(jobs) <= CONCURRENCY
    idle = eventually(lambda: up.queue() if not up.queue()["active"] else None, "an idle line", up)
    assert idle["pending"] == 0


def most_at_once(jobs: list[dict[str, Any]]) -> int:
    """How many were processed at the same moment, by the database's own clock."""
    moments = []
    for job in jobs:
        moments.append((datetime.fromisoformat(job["completed_at"]), -1))
        moments.append((datetime.fromisoformat(job["started_at"]), 1))
    running_now = peak = 0
    for _, step in sorted(moments):  # at equal moments the end comes first, as in the transaction that frees a slot
        running_now += step
        peak = max(peak, running_now)
    return peak


def test_whoever_only_announces_keeps_nobody_out(clip: Clip, tmp_path: Path) -> None:
    with running(tmp_path / "edition") as up:
        idle = [Upload(up, f"{number}.mp4", b"x" * 100) for number in range(10)]
        fourth = Upload(up, "fourth.mp4", clip.data).send()
        fourth.wait("completed")
        for upload in (*idle, fourth):
            upload.close()
        (up.inbox / "dropped.mp4").write_bytes(clip.data)
        eventually(lambda: (up.results / "dropped.mp4.srt").exists(), "drop-ins are never refused", up)
