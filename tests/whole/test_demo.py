"""`make demo` is this command: real Whisper, our own sample, errors counted."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from aisubs.cli.demo_sample import VIDEO, sample_lines
from tests.toy_model import TOY
from tests.whole.edition import REPOSITORY


def run_demo(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """As somebody who has just arrived: an empty home, and settings that must not matter."""
    (home / "tmp").mkdir(parents=True)
    return subprocess.run(
        [sys.executable, "-m", "aisubs", "demo", *arguments],
        cwd=home,
        env={
            "HOME": str(home),
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(REPOSITORY),
            "TMPDIR": str(home / "tmp"),
            "DATABASE_URL": "postgresql://nowhere/none",  # the demo leans on nothing but this machine
            "MODEL": str(TOY),
            "PORT": "1",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.usefixtures("base_model")
def test_the_demo_shows_the_main_job_and_leaves_nothing_running(tmp_path: Path) -> None:
    home = tmp_path / "somewhere else"
    done = run_demo(home)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1\n00:00:0")
    assert "\x1b" not in done.stdout + done.stderr  # no colours where nobody looks
    assert "100 %" in done.stderr
    for name in ("srt", "vtt", "json", "txt"):
        assert (home / "demo-results" / f"sample.{name}").stat().st_size > 0
        assert f"sample.{name}" in done.stderr
    wrong, words = map(int, re.search(r"(\d+) of (\d+) words are wrong", done.stderr).groups())
    assert words == sum(len(line.text.split()) for line in sample_lines())
    assert wrong <= 0.05 * words
    assert "The ferryman" in done.stderr
    assert "abuela" in done.stdout  # in Spanish as it was said
    assert [process for process in psutil.process_iter() if _is_of(process, home)] == []
    assert list((home / "tmp").glob("aisubs-*")) == []


def test_too_many_wrong_words_are_told_and_exit_1(tmp_path: Path) -> None:
    done = run_demo(tmp_path / "home", "--model", str(TOY))
    assert done.returncode == 1, done.stderr
    assert "more than 5 %: not good enough" in done.stderr


def test_another_recording_is_not_judged(tmp_path: Path) -> None:
    done = run_demo(tmp_path / "home", "--model", str(TOY), "--file", str(VIDEO))
    assert done.returncode == 0, done.stderr
    assert "words are wrong" not in done.stderr


def _is_of(process: psutil.Process, home: Path) -> bool:
    try:
        return str(home) in " ".join(process.cmdline()) or process.cwd().startswith(str(home))
    except psutil.Error:
        return False
