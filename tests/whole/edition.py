"""The local edition as people run it: `aisubs up` in a process of its own, on a free port and its own folders."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil

T = TypeVar("T")

REPOSITORY = Path(__file__).parents[2]
START_TIMEOUT_S = 90.0
JOB_TIMEOUT_S = 180.0
POLL_S = 0.05

QUICK = {
    "RECOVER_EVERY_S": "1",
    "HEARTBEAT_S": "1",
    "STALE_AFTER_S": "20",
    "RETRY_BACKOFF_S": "0.1",
    "RECOVER_BATCH": "50",
    "BATCH_SIZE": "2",
    "CPU_THREADS": "1",
}
"""The same machinery with a shorter breath."""

RIGHT = 0.9
"""Least share of the words of a sample that its transcript must hold; the model's own tests ask for more."""

FORMATS = ("srt", "vtt", "json")


class Up:
    """One running `aisubs up`. `environment` are settings on top of QUICK."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.inbox, self.results, self.data = home / "inbox", home / "results", home / "data"
        self._environment = {**os.environ, **QUICK, **environment}
        self.process: subprocess.Popen[str] | None = None
        self.url = ""
        self._port = 0

    def start(self) -> Up:
        """Return when it answers."""
        self.home.mkdir(parents=True, exist_ok=True)
        said = (self.home / "stderr.txt").open("a")
        folders = ["--data-dir", str(self.data), "--inbox", str(self.inbox), "--results", str(self.results)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "aisubs", "up", "--port", str(self._port), "--json", *folders],
            env=self._environment,
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            start_new_session=True,
        )
        said.close()
        answer = _first_json(self.process)
        assert answer is not None, f"it ended with {self.process.wait()} before it answered\n{self.complaints()}"
        self.url = answer["url"]
        return self

    def start_again_on(self, port: int | None) -> Up:
        """As a person would who has given out its address."""
        assert self.process is not None
        self._port = port or 0
        return self.start()

    def queue(self) -> dict[str, Any]:
        with httpx.Client(trust_env=False) as http:
            state: dict[str, Any] = http.get(f"{self.url}/api/queue").raise_for_status().json()
        return state

    def stop(self) -> int:
        """Ctrl-C, and the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(START_TIMEOUT_S)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def jobs(self) -> int:
        """How many jobs of the inbox there are, by the command that lists them."""
        listed = subprocess.run(
            [sys.executable, "-m", "aisubs", "jobs", "--json", "--limit", "100", "--data-dir", str(self.data)],
            env=self._environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return len(json.loads(listed.stdout))

    def left_behind(self) -> list[str]:
        """Processes that still use the folders of an edition that has ended."""
        return [
            " ".join(process.info["cmdline"] or [])
            for process in psutil.process_iter(["cmdline", "environ"])
            if str(self.data) in " ".join(process.info["cmdline"] or [])
            or (process.info["environ"] or {}).get("DATA_DIR") == str(self.data)
        ]

    def kill_everything(self) -> None:
        """What a power cut does: Postgres, workers and the edition at once, none with a chance to say goodbye."""
        assert self.process is not None
        edition = psutil.Process(self.process.pid)
        family = [edition, *edition.children(recursive=True)]
        for member in family:
            member.send_signal(signal.SIGSTOP)  # so that none sees another die first
        for member in family:
            member.kill()
        psutil.wait_procs(family, timeout=30)
        self.process.wait(30)

    def members(self, command_word: str) -> list[psutil.Process]:
        """Living processes of this edition whose command line has this word, without their children: until one that was
        forked runs something else, it has the command line of its parent."""
        assert self.process is not None
        found: dict[int, psutil.Process] = {}
        for member in psutil.Process(self.process.pid).children(recursive=True):
            try:
                is_one = any(command_word in word for word in member.cmdline())
                if is_one and member.status() != psutil.STATUS_ZOMBIE and member.ppid() not in found:
                    found[member.pid] = member
            except psutil.NoSuchProcess:
                continue
        return list(found.values())

    def close(self) -> None:
        """Leave nothing behind, whatever the test did."""
        if self.process is not None and self.process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill_everything()
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()

    def complaints(self) -> str:
        """What it said, for the message of a failed test."""
        logs = [self.home / "stderr.txt", self.data / "logs" / "up.log", *(self.data / "executions").glob("*.log")]
        return "\n".join(f"── {log.name}\n{log.read_text()[-2000:]}" for log in logs if log.exists())


class Upload:
    """One job of the web API and the right to it."""

    def __init__(self, up: Up, filename: str, data: bytes, **options: Any) -> None:
        """Announce it. Raises httpx.HTTPStatusError when it is refused."""
        self.up = up
        self.data = data
        self._http = httpx.Client(trust_env=False, timeout=60)
        body = {"filename": filename, "file_size_bytes": len(data), **options}
        answer = self._http.post(f"{up.url}/api/jobs/submit", json=body).raise_for_status().json()
        self.job_id: str = answer["job_id"]
        self.upload_url: str | None = answer["upload"]["url"] if answer["upload"] else None
        self.headers = {"Authorization": f"Bearer {answer['access_token']}"}

    def send(self, chunk_bytes: int = 200_000) -> Upload:
        """All bytes, in chunks."""
        assert self.upload_url is not None
        for start in range(0, len(self.data), chunk_bytes):
            chunk = self.data[start : start + chunk_bytes]
            span = f"bytes {start}-{start + len(chunk) - 1}/{len(self.data)}"
            reply = self._http.put(self.upload_url, content=chunk, headers={"Content-Range": span})
            assert reply.status_code == (200 if start + len(chunk) == len(self.data) else 308), reply.text
        return self

    def ask_upload(self) -> httpx.Response:
        """The status query of the resumable protocol."""
        assert self.upload_url is not None
        return self._http.put(self.upload_url, headers={"Content-Range": f"bytes */{len(self.data)}"})

    def look(self) -> httpx.Response:
        return self._http.get(f"{self.up.url}/api/jobs/{self.job_id}", headers=self.headers)

    def job(self) -> dict[str, Any]:
        found: dict[str, Any] = self.look().raise_for_status().json()
        return found

    def wait(self, *statuses: str) -> dict[str, Any]:
        """The job once it has one of these statuses (completed by default)."""
        wanted = statuses or ("completed",)

        def look() -> dict[str, Any] | None:
            job = self.job()
            ended = job["status"] in ("failed", "cancelled", "completed")
            assert job["status"] in wanted or not ended, f"{job}\n{self.up.complaints()}"
            return job if job["status"] in wanted else None

        return eventually(look, f"job {wanted}", self.up)

    def wait_for_progress(self, percent: int) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            job = self.job()
            assert job["status"] in ("pending", "processing"), f"too late to interfere: {job}"
            return job if job["progress"] >= percent else None

        return eventually(look, f"{percent} %", self.up)

    def download(self, format_name: str) -> bytes:
        reply = self._http.get(f"{self.up.url}/api/jobs/{self.job_id}/download/{format_name}", headers=self.headers)
        return reply.raise_for_status().content

    def downloads(self) -> dict[str, bytes]:
        return {name: self.download(name) for name in FORMATS}

    def get(self, path: str) -> httpx.Response:
        """Of the job."""
        where = f"{self.up.url}/api/jobs/{self.job_id}{path}"
        return self._http.get(where, headers=self.headers).raise_for_status()

    def send_off(self, method: str, path: str, body: Any = None) -> None:
        """To the job."""
        where = f"{self.up.url}/api/jobs/{self.job_id}{path}"
        self._http.request(method, where, json=body, headers=self.headers).raise_for_status()

    def delete(self) -> None:
        reply = self._http.delete(f"{self.up.url}/api/jobs/{self.job_id}", headers=self.headers)
        assert reply.status_code == 204, reply.text

    def close(self) -> None:
        self._http.close()


def eventually(look: Callable[[], T | None], what: str, up: Up, timeout_s: float = JOB_TIMEOUT_S) -> T:
    """The first answer that is not None or False, asked for again and again until a deadline."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        answer = look()
        if answer:
            return answer
        time.sleep(POLL_S)
    raise AssertionError(f"never saw {what}\n{up.complaints()}")


def share_heard(text: str, expected: list[str]) -> float:
    """How much of what was said stands in the text, in order, 0..1; less when words were invented."""
    heard = re.findall(r"[a-z]+", text.lower())
    blocks = SequenceMatcher(None, expected, heard, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / max(len(expected), len(heard))


@contextmanager
def running(home: Path, **environment: str) -> Iterator[Up]:
    up = Up(home, **environment)
    try:
        yield up.start()
    finally:
        up.close()


def _first_json(process: subprocess.Popen[str]) -> dict[str, Any] | None:
    """The first JSON value on stdout, which is printed once the edition answers; None if it ends before."""
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if line.rstrip() == "}":
            answer: dict[str, Any] = json.loads(text)
            return answer
    return None
