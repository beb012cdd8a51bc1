"""What each read costs of a text of ten hours: processor time of the server and of Postgres together, per request.

`python -m tests.bench heavy_reads` starts a Postgres of its own. Every GET route of the API is asked, and each
format and profile is a first request: nothing is kept of it yet.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg

from aisubs.formats import FORMATS, PROFILES
from aisubs.local.postgres import EmbeddedPostgres
from aisubs.sql.migrate import migrate
from tests.bench.__main__ import Row
from tests.bench.search import Processor
from tests.bench.text import HOLDER_TOKEN, completed
from tests.doors.http_door import open_door
from tests.pipeline.job_line import JobLine

GOAL_S = 2.0
DENSE_WORDS = 20_000

_AUTH = {"Authorization": f"Bearer {HOLDER_TOKEN}"}
_APART = ("/transcript", "/cues", "{format_name}", "/api/search")
_WORDS = {"word": "nobody", "filename": "talk.srt", "webhook_id": "none", "share_id": "none"}


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "postgres") as server:
        with psycopg.connect(server.url) as connection:
            migrate(connection)
        with JobLine(server.url) as line:
            job, words = completed(line)
        with open_door(server.url, Path(folder) / "data") as door:
            of = f"{words} words, {(job.duration_ms or 0) / 3_600_000:.0f} h"
            path = f"/api/jobs/{job.job_id}"
            asker = _Asker(door.http, Processor(server))
            others = {route: asker.spent_s(route) for route in _other_reads(door.http, job.job_id)}
            dearest = max(others, key=lambda route: others[route])
            name = f"the {len(others)} other reads beside {of}, the dearest: {dearest.replace(job.job_id, '…')}"
            yield _row(name, others[dearest])
            for route in _texts(path):
                yield _row(f"{route.removeprefix(path)} of {of}", asker.spent_s(route))
            _crowd(door.http, job.job_id)
            for route in _texts(path):
                yield _row(f"{route.removeprefix(path)} of {DENSE_WORDS} words at one time", asker.spent_s(route))


class _Asker:
    def __init__(self, http: httpx.Client, processor: Processor) -> None:
        self._http = http
        self._processor = processor

    def spent_s(self, path: str) -> float:
        """Processor time of one request, which is answered."""
        before_s = self._processor.spent_s()
        answer = self._http.get(path, headers=_AUTH)
        assert answer.status_code < 500, (path, answer.text[:200])
        return self._processor.spent_s() - before_s


def _row(name: str, spent_s: float) -> Row:
    return f"GET {name}", f"{spent_s:.2f} s of CPU", f"<= {GOAL_S:g} s", spent_s <= GOAL_S


def _other_reads(http: httpx.Client, job_id: str) -> list[str]:
    """An address for each route that takes GET; those of the whole text are asked in every way, apart."""
    known: dict[str, Any] = http.get("/openapi.json").json()["paths"]
    job = f"/api/jobs/{job_id}"
    routes = [route for route, methods in known.items() if "get" in methods and not route.endswith(_APART)]
    taken = _Known({**_WORDS, "job_id": job_id})
    more = [f"{job}/windows?limit=500", "/api/search?q=house", f"/api/search?q=house%20water&job_id={job_id}"]
    return [*(route.format_map(taken) for route in routes), *more]


def _texts(job: str) -> list[str]:
    cues = [f"{job}/cues?profile={profile}" for profile in PROFILES]
    return [f"{job}/transcript", *cues, *(f"{job}/download/{name}?profile=bbc" for name in FORMATS)]


class _Known(dict[str, str]):
    def __missing__(self, name: str) -> str:
        raise AssertionError(f"tests/bench/heavy_reads.py knows no value for {{{name}}} of a route")


def _crowd(http: httpx.Client, job_id: str) -> None:
    """Put the words of all paragraphs at one time: a stretch that nothing parts."""
    text = http.get(f"/api/jobs/{job_id}/transcript", headers=_AUTH).json()
    removed = [paragraph["id"] for paragraph in text["paragraphs"]]
    body = {"operations": [{"op": "splice", "remove": removed, "before": None, "insert": list(_crowded())}]}
    answer = http.post(f"/api/jobs/{job_id}/revisions", json=body, headers=_AUTH | {"If-Match": f'"{text["newest"]}"'})
    assert answer.status_code == 201, answer.text[:300]


def _crowded() -> Iterator[dict[str, Any]]:
    """In paragraphs as long as they may be."""
    each = 10_000
    for number in range(DENSE_WORDS // each):
        words = " ".join(["a"] * each)
        offsets = list(range(0, 2 * each, 2))
        zeros = [0] * each
        yield {
            "id": f"x{number}",
            "text": words,
            "offsets": offsets,
            "starts": zeros,
            "durations": zeros,
            "conf": [None] * each,
        }
