"""The commands that README.md shows are run as they stand there."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from aisubs.cli.demo_sample import compare
from tests.whole.edition import REPOSITORY, Up, eventually


def shown_commands(with_word: str) -> str:
    """The code block of README.md that holds this word."""
    blocks = re.findall(r"^```\n(.*?)^```", (REPOSITORY / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    (found,) = [block for block in blocks if with_word in block]
    return found


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_upload_by_curl(real_up: Up) -> None:
    commands = shown_commands("api/jobs/submit").replace("http://127.0.0.1:8000", real_up.url).rstrip().splitlines()
    assert "download/srt" in commands[-1]
    # A person waits before the last line; a script that has not waited is told so.
    script = "\n".join([*commands[:-1], 'echo; echo "$job $token"'])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    job, token = done.stdout.split()[-2:]
    last = f"job={job} token={token}\n{commands[-1]}"

    def download() -> str | None:
        answer = subprocess.run(["bash", "-c", last], capture_output=True, text=True, timeout=60, check=True).stdout
        if answer.startswith("{"):
            assert '"not_finished"' in answer, answer
            return None
        return answer

    srt = eventually(download, "subtitles by curl", real_up)
    assert srt.startswith("1\n00:00:0")
    text = re.sub(r"^[\d:, >-]+$", "", srt, flags=re.MULTILINE)
    assert compare(text).rate <= 0.05
