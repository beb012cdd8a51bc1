"""The inbox on a NAS: what systems, downloaders and people do to a folder while an edition watches it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.whole.conftest import Clip
from tests.whole.edition import REPOSITORY, Up, eventually, running


def jobs(up: Up, *arguments: str) -> Any:
    """What `aisubs jobs … --json` says."""
    done = subprocess.run(
        [sys.executable, "-m", "aisubs", "jobs", *arguments, "--json", "--data-dir", str(up.data)],
        env={**os.environ, "INBOX_DIR": str(up.inbox)},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return json.loads(done.stdout)


def statuses(up: Up) -> dict[str, list[tuple[str, str | None]]]:
    found: dict[str, list[tuple[str, str | None]]] = {}
    for job in jobs(up, "--limit", "100"):
        found.setdefault(job["filename"], []).append((job["status"], job["error_code"]))
    return found


def test_what_is_left_about_is_passed_over_and_told_on_demand(up: Up, clip: Clip) -> None:
    nas = up.inbox / "nas"
    names = ("@eaDir/x.m4a/SYNOINDEX", "#recycle/deleted.m4a", "_UNPACK_Show/ep.m4a", "talk.f137.mp4", "meant.mp4")
    for number, name in enumerate(names, start=20):
        (nas / name).parent.mkdir(parents=True, exist_ok=True)
        (nas / name).write_bytes(clip.data + bytes(number))
    eventually((up.results / "nas/meant.mp4.srt").exists, "the recording that is meant", up)
    told = {item["name"]: item["why"] for item in jobs(up, "--passed-over", "--inbox", str(up.inbox))}
    assert {"nas/@eaDir", "nas/#recycle", "nas/_UNPACK_Show", "nas/talk.f137.mp4"} <= set(told)
    assert {path.name for path in (up.results / "nas").iterdir()} == {
        f"meant.mp4.{suffix}" for suffix in ("srt", "vtt", "json", "txt")
    }
    (nas / "_UNPACK_Show").rename(nas / "Show")
    eventually((up.results / "nas/Show/ep.m4a.srt").exists, "the show, once it is unpacked", up)


def test_subtitles_corrected_by_hand_survive_whatever_becomes_of_the_recording(up: Up, clip: Clip) -> None:
    recording, result = up.inbox / "corrected.mp4", up.results / "corrected.mp4.srt"
    recording.write_bytes(clip.data + bytes(40))
    eventually((up.results / "corrected.mp4.txt").exists, "the first results", up)
    machine = result.read_text()
    result.write_text(f"{machine}MY CORRECTION\n")
    os.utime(recording)
    eventually(lambda: statuses(up)["corrected.mp4"] == [("completed", None)] * 2, "the touched recording", up)
    recording.write_bytes(clip.data[: len(clip.data) // 2])  # now it says something else, namely why it cannot be read
    eventually((up.results / "corrected.mp4.error.txt").exists, "the refusal", up)
    assert result.read_text() == f"{machine}MY CORRECTION\n"
    assert not (up.results / "corrected.mp4.2.srt").exists(), "the same text again is nothing new"


def test_a_replaced_recording_leaves_no_error_beside_the_newer_results(
    clip: Clip, long_one: Clip, tmp_path: Path
) -> None:
    with running(tmp_path / "edition", CONCURRENCY="1") as up:
        recording = up.inbox / "replaced.m4a"
        recording.write_bytes(long_one.data)
        eventually(lambda: up.queue()["active"] == 1, "work on the first version", up)
        recording.write_bytes(clip.data)
        eventually((up.results / "replaced.m4a.srt").exists, "the results of the second version", up)
        eventually(lambda: up.queue()["active"] == 0, "an idle line", up)
        assert sorted(statuses(up)["replaced.m4a"], key=str) == [("cancelled", "superseded"), ("completed", None)]
        assert not list(up.results.glob("*.error.txt"))


@contextmanager
def a_frozen_worker(up: Up, long_one: Clip) -> Iterator[None]:
    """The one worker has begun with long.m4a and stands still; what comes after it waits."""
    (up.inbox / "long.m4a").write_bytes(long_one.data)
    (worker,) = eventually(lambda: up.queue()["active"] and up.members("aisubs.worker"), "the worker", up)
    worker.suspend()
    waiting = up.inbox / "sub" / "waiting.mp4"
    waiting.parent.mkdir()
    try:
        yield
    finally:
        worker.resume()


def test_deleting_a_waiting_file_takes_it_out_of_the_line(clip: Clip, long_one: Clip, tmp_path: Path) -> None:
    with running(tmp_path / "edition", CONCURRENCY="1", STALE_AFTER_S="600") as up:
        waiting = up.inbox / "sub" / "waiting.mp4"
        with a_frozen_worker(up, long_one):
            waiting.write_bytes(clip.data)
            eventually(lambda: up.queue()["pending"] == 1, "the second in line", up)
            waiting.rename(tmp_path / "aside.mp4")
            eventually(lambda: up.queue()["pending"] == 0, "the second to be out of line", up)
            assert statuses(up)["waiting.mp4"] == [("cancelled", "taken_back")]
        (tmp_path / "aside.mp4").rename(waiting)
        eventually((up.results / "sub/waiting.mp4.srt").exists, "what was put back", up)
        assert statuses(up)["waiting.mp4"] == [("completed", None)]


def test_jobs_are_cancelled_by_name(clip: Clip, long_one: Clip, tmp_path: Path) -> None:
    with running(tmp_path / "edition", CONCURRENCY="1", STALE_AFTER_S="600") as up, a_frozen_worker(up, long_one):
        for name in ("sub/waiting.mp4", "other.mp4"):
            (up.inbox / name).write_bytes(clip.data)
        eventually(lambda: up.queue()["pending"] == 2, "both in line", up)
        (other,) = (job for job in jobs(up) if job["filename"] == "other.mp4")
        outcomes = jobs(up, "cancel", "nobody.mp4", "long.m4a", "sub/waiting.mp4", other["job_id"][:8])
        assert [outcome["error"] for outcome in outcomes] == ["job_not_found", "not_cancellable", None, None]
        assert outcomes[3]["job_id"] == other["job_id"]
        assert statuses(up) == {
            "long.m4a": [("processing", None)],
            "waiting.mp4": [("cancelled", None)],
            "other.mp4": [("cancelled", None)],
        }
        assert jobs(up, "cancel", "--running", "long.m4a")[0]["error"] is None
        assert statuses(up)["long.m4a"] == [("cancelled", None)]
        assert (up.inbox / "sub/waiting.mp4").exists(), "the inbox is only read"
