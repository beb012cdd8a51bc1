"""`make demo` is this command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil

from tests.speech import SAMPLE_VIDEO, expected_words
from tests.whole.edition import REPOSITORY, RIGHT, share_heard


def test_the_demo_shows_the_main_job_and_leaves_nothing_running(tmp_path: Path) -> None:
    home = tmp_path / "somewhere else"
    (home / "tmp").mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "aisubs", "demo"],
        cwd=home,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(REPOSITORY),
            "TMPDIR": str(home / "tmp"),
            "DATABASE_URL": "postgresql://nowhere/none",  # the demo leans on nothing but this machine
            "PORT": "1",
        },
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1\n00:00:0")
    assert "100 %" in done.stderr
    for name in ("srt", "vtt", "json", "txt"):
        assert (home / "demo-results" / f"sample.{name}").stat().st_size > 0
        assert f"sample.{name}" in done.stderr
    heard = (home / "demo-results" / "sample.txt").read_text()
    assert share_heard(heard, expected_words(SAMPLE_VIDEO)) > RIGHT
    assert [process for process in psutil.process_iter() if _is_of(process, home)] == []
    assert list((home / "tmp").glob("aisubs-*")) == []


def _is_of(process: psutil.Process, home: Path) -> bool:
    try:
        return str(home) in " ".join(process.cmdline()) or process.cwd().startswith(str(home))
    except psutil.Error:
        return False
