"""The owner of the machine: what was dropped and sent is theirs in the page, by the link that the machine shows."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
from pytest_mock import MockerFixture

from aisubs.cli import up as up_command
from tests.whole.conftest import Clip
from tests.whole.edition import REPOSITORY, Up, eventually, running


def aisubs(up: Up, *arguments: str) -> str:
    command = [sys.executable, "-m", "aisubs", *arguments, "--data-dir", str(up.data)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def sign_in(up: Up) -> httpx.Client:
    (link,) = json.loads(aisubs(up, "link", "--json"))["links"]
    url, _, key = link.partition("/#key=")
    assert url == up.url
    client = httpx.Client(base_url=url, trust_env=False, timeout=60)
    token = client.post("/api/sign-in", json={"key": key}).raise_for_status().json()["token"]
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def test_what_was_dropped_opens_plays_and_is_edited_in_the_page(clip: Clip, tmp_path: Path) -> None:
    with running(tmp_path) as up:
        up.inbox.mkdir(exist_ok=True)
        (up.inbox / "talk.mp4").write_bytes(clip.data)
        with closing(sign_in(up)) as http:

            def completed() -> dict[str, Any] | None:
                jobs = http.get("/api/jobs").raise_for_status().json()["jobs"]
                return next((job for job in jobs if job["status"] == "completed"), None)

            job = eventually(completed, "the dropped recording in the owner's list", up)
            assert (job["source"], job["filename"]) == ("folder", "talk.mp4")
            path = f"/api/jobs/{job['job_id']}"
            media = http.post(f"{path}/media").raise_for_status().json()
            assert httpx.get(media["url"], trust_env=False).content == clip.data
            text = http.get(f"{path}/transcript").raise_for_status().json()
            operations = {"operations": [{"op": "name", "speaker": "S1", "name": "Ada"}]}
            saved = http.post(f"{path}/revisions", json=operations, headers={"If-Match": f'"{text["revision"]}"'})
            assert saved.status_code == 201, saved.text
            sent = http.get("/api/jobs").json()["total"]
            assert len(json.loads(aisubs(up, "jobs", "--json"))) == sent == 1
            aisubs(up, "link", "--new")
            assert http.get("/api/jobs").json()["error"]["code"] == "signed_out"
        sign_in(up).close()
        assert up.stop() == 0
        said = up.complaints()
        assert "aisubs link" in said
        assert "#key=" not in said, "whoever reads a log would be the owner"


def test_a_terminal_is_shown_the_link_itself(tmp_path: Path) -> None:
    folders = {"DATA_DIR": tmp_path / "data", "INBOX_DIR": tmp_path / "inbox", "RESULTS_DIR": tmp_path / "results"}
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "aisubs", "up", "--port", "0", "--no-browser"]
    environment = {**os.environ, **{name: str(path) for name, path in folders.items()}}
    with subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=theirs, stderr=theirs) as up:
        os.close(theirs)
        shown = ""
        try:
            while "Ctrl-C stops it" not in shown:
                shown += os.read(ours, 4096).decode()
        finally:
            up.send_signal(signal.SIGINT)
            while _read_on(ours):
                pass
    assert up.returncode == 0
    found = re.search(r"(http://127\.0\.0\.1:\d+)/#key=(\S+)", shown)
    assert found is not None
    assert found[2] == (folders["DATA_DIR"] / "tokens/sign-in").read_text()


def _read_on(terminal: int) -> bool:
    """Whether something came; a terminal whose other end is closed is an error on Linux."""
    try:
        return bool(os.read(terminal, 4096))
    except OSError:
        return False


def test_a_browser_in_the_terminal_is_not_opened(mocker: MockerFixture) -> None:
    text_browser = mocker.patch("webbrowser.GenericBrowser.open")
    mocker.patch("webbrowser.get", return_value=up_command.webbrowser.GenericBrowser("lynx"))
    up_command._open_page("http://127.0.0.1:8000/#key=x")
    text_browser.assert_not_called()
