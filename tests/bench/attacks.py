"""What attacks cost now: edits and reads that weigh little. `python -m tests.bench attacks`."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx

from aisubs.formats import shape
from aisubs.http.rendered import Rendered
from aisubs.local.connections import raise_file_limit
from aisubs.model.operations import revise
from tests.attacks.costly_texts import PARAGRAPHS, dense, from_both_ends, in_the_middle, wordless
from tests.attacks.many_at_once import sixteen_at_once
from tests.bench.__main__ import Row
from tests.bench.surroundings import database_server
from tests.pipeline.job_line import JobLine

OPERATIONS = 20_000
"""As many as one request may hold."""
WORDS = 20_000
HALF_OPEN = 1000
ROUNDS = 200
_HALF_HEADER = b"POST /api/jobs/submit HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
_HALF_BODY = b"POST /api/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1048576\r\n\r\n" + b"x" * 1_000_000


def rows() -> list[Row]:
    found: list[Row] = []
    for name, paragraphs, edit in (
        ("relabels far from each other", PARAGRAPHS, from_both_ends),
        ("paragraphs amid those without words", PARAGRAPHS // 2, in_the_middle),
    ):
        document, operations = wordless(paragraphs), edit(OPERATIONS, paragraphs)
        began_s = time.process_time()
        revise(document, operations, duration_ms=OPERATIONS)
        found.append(_seconds(f"an edit of {OPERATIONS} {name}", time.process_time() - began_s, 2.0))
    rendered: Rendered[int] = Rendered()
    transcript = dense(WORDS)
    for read in ("first", "second"):
        began_s = time.process_time()
        rendered.get("cues", lambda: len(shape(transcript)), lambda _: 1)
        goal_s = 2.0 if read == "first" else 0.01
        found.append(
            _seconds(f"{read} read of the cues of {WORDS} words at one time", time.process_time() - began_s, goal_s)
        )
    return [*found, *_many_at_once(), *_half_open()]


def _many_at_once() -> list[Row]:
    """Rounds of sixteen people at once, whose every step uses up a quota."""
    exceeded = 0
    with database_server() as url, JobLine(url) as line:
        began_s = time.monotonic()
        for seed in range(ROUNDS):
            try:
                sixteen_at_once(line, seed)
            except AssertionError:
                exceeded += 1
        took_s = time.monotonic() - began_s
    return [
        (f"quotas exceeded in {ROUNDS} rounds of 16 at once", f"{exceeded}, {took_s:.1f} s", "0", exceeded == 0),
    ]


def _half_open() -> list[Row]:
    """A thousand connections at once: half of them stop in the header, half in a body of 1 MiB."""
    raise_file_limit()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.half_open_server"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        address = ("127.0.0.1", int(process.stdout.readline()))
        httpx.get(f"http://127.0.0.1:{address[1]}/")
        idle = _resident_mib(process.pid)
        with ExitStack() as stack:
            for number in range(HALF_OPEN):
                connection = stack.enter_context(socket.create_connection(address))
                connection.settimeout(0.5)
                with suppress(OSError):  # refused, or its window is full: both are what is to be measured
                    connection.sendall(_HALF_HEADER if number % 2 else _HALF_BODY)
            attacked = _resident_mib(process.pid)
            began_s = time.monotonic()
            healthy = httpx.get(f"http://127.0.0.1:{address[1]}/").status_code == 204
            took_s = time.monotonic() - began_s
    finally:
        process.terminate()
        process.wait()
    return [
        (
            f"RSS of the web server under {HALF_OPEN} half-open connections",
            f"{attacked:.0f} MiB, idle {idle:.0f}",
            "<= 2 x idle",
            attacked <= 2 * idle,
        ),
        ("a whole request meanwhile", f"{took_s:.2f} s" if healthy else "refused", "<= 1 s", healthy and took_s <= 1),
    ]


def _resident_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _seconds(figure: str, took_s: float, goal_s: float) -> Row:
    return figure, f"{took_s:.3f} s of CPU", f"<= {goal_s:g} s", took_s <= goal_s
