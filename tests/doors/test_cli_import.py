"""`aisubs import`: a site and a feed on the loopback, which an operator may open; what leads inside is refused."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from aisubs.cli.exits import Exit
from tests.doors.test_cli import aisubs, start
from tests.http_server import serve
from tests.speech import long_recording, write_audio

pytest.importorskip("yt_dlp")

OPEN = {"IMPORT_PRIVATE": "true"}


class Site:
    """Recordings, a feed of them, and addresses that lead elsewhere. `asked` are the paths of all requests."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        self.episodes = ["one", "two"]
        self.url = ""
        self.spans: list[str] = []
        self.goes_on = Event()
        self.data = {
            name: write_audio(long_recording(5.0, seed=seed).blocks(), folder / f"{name}.mp3").read_bytes()
            for seed, name in ((91, "one"), (92, "two"), (93, "three"))
        }
        self.app = Starlette(routes=[Route("/{path:path}", self._answer, methods=["GET", "HEAD"])])

    def _answer(self, request: Request) -> Response:
        path = request.url.path
        self.asked.append(path)
        if path == "/feed.xml":
            return Response(self._feed(), media_type="application/rss+xml")
        if path == "/slow.mp3":
            return self._slowly(request.headers.get("range"))
        if path == "/moved.mp3":
            return RedirectResponse("/one.mp3")
        data = self.data.get(path.strip("/").removesuffix(".mp3"))
        return Response(data, media_type="audio/mpeg") if data else Response("Nothing here.", 404)

    def _slowly(self, span: str | None) -> Response:
        """Half of it, and nothing more until `goes_on`; what comes behind a place that is asked for at once."""
        data = self.data["two"]
        if span is not None:
            self.spans.append(span)
            start = int(span.removeprefix("bytes=").partition("-")[0])
            headers = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
            return Response(data[start:], 206, headers, media_type="audio/mpeg")

        def halves() -> Iterator[bytes]:
            yield data[: len(data) // 2]
            self.goes_on.wait()

        headers = {"Content-Length": str(len(data)), "Accept-Ranges": "bytes"}
        return StreamingResponse(halves(), 200, headers, media_type="audio/mpeg")

    def _feed(self) -> str:
        items = "".join(
            f'<item><title>Episode {name}: a/b</title><guid>{name}</guid><enclosure url="{self.url}/{name}.mp3" '
            f'type="audio/mpeg" length="1"/></item>'
            for name in self.episodes
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Cast</title>{items}</channel></rss>'


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "site").mkdir()
    site = Site(tmp_path / "site")
    with serve(site.app) as site.url:
        yield site


def words_for(tmp_path: Path, *words: object) -> list[object]:
    return ["import", "--output-dir", tmp_path / "talks", "--data-dir", tmp_path / "data", "--format", "txt", *words]


def test_a_feed_is_taken_and_then_what_is_new_in_it(site: Site, tmp_path: Path) -> None:
    words = words_for(tmp_path, f"{site.url}/feed.xml")
    code, _, said = aisubs(*words, **OPEN)
    assert code == Exit.OK, said
    talks = tmp_path / "talks"
    assert {path.name for path in talks.iterdir()} == {
        f"Episode {name}: a-b.{suffix}" for name in ("one", "two") for suffix in ("mp3", "txt")
    }
    site.episodes.insert(0, "three")
    site.asked.clear()
    code, _, said = aisubs(*words, "--max-items", "2", **OPEN)
    assert code == Exit.OK, said
    assert {path for path in site.asked if path.endswith(".mp3")} == {"/three.mp3"}, "what is here is not asked for"
    assert (talks / "Episode three: a-b.txt").stat().st_size > 0
    assert "There is more than the 2 that are taken of one address" in said
    noted = [json.loads(line) for line in (tmp_path / "data/imports.jsonl").read_text().splitlines()]
    assert [entry["url"].rpartition("/")[2] for entry in noted] == ["one.mp3", "two.mp3", "three.mp3"]


def test_single_ones_and_what_cannot_be_had(site: Site, tmp_path: Path) -> None:
    urls = [f"{site.url}/{name}" for name in ("moved.mp3", "none.mp3")]
    code, out, said = aisubs(*words_for(tmp_path, *urls, "--json"), **OPEN)
    assert code == Exit.JOB_FAILED, said
    assert [entry["status"] for entry in json.loads(out)] == ["completed"]
    assert f"{urls[1]}: not fetched: Unable to download webpage: HTTP Error 404" in said
    code, _, said = aisubs(*words_for(tmp_path, f"{site.url}/two.mp3", "--max-size", "10k"), **OPEN)
    assert (code, "not fetched: it is larger than" in said) == (Exit.JOB_FAILED, True), said
    site.asked.clear()
    code, _, said = aisubs(*words_for(tmp_path, f"{site.url}/two.mp3"), IMPORT_EXTRACTORS="vimeo", **OPEN)
    assert (code, "not fetched: " in said) == (Exit.JOB_FAILED, True), said
    assert site.asked == []
    assert len(list((tmp_path / "talks").iterdir())) == 2
    for words in (["file:///etc/passwd"], ["talk.mp3"], ["http://"], [urls[0], "--max-items", "0"]):
        assert aisubs(*words_for(tmp_path, *words), **OPEN)[0] == Exit.USAGE


def test_what_was_cut_short_goes_on(site: Site, tmp_path: Path) -> None:
    words = words_for(tmp_path, f"{site.url}/slow.mp3")
    process = start(*words, **OPEN)
    assert process.stderr is not None
    assert any(re.search(r"fetching [2-5]\d %", line) for line in process.stderr)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert (process.returncode, "the same command goes on" in said) == (Exit.INTERRUPTED, True), said
    site.goes_on.set()
    code, _, said = aisubs(*words, **OPEN)
    assert code == Exit.OK, said
    assert [span for span in site.spans if not span.startswith("bytes=0-")]
    assert (tmp_path / "talks/slow.mp3").read_bytes() == site.data["two"]
    assert (tmp_path / "talks/slow.txt").exists()


def test_nothing_in_a_private_network_is_reached(site: Site, tmp_path: Path) -> None:
    port = site.url.rpartition(":")[2]
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "169.254.169.254", "0.0.0.0"):
        code, _, said = aisubs(*words_for(tmp_path, f"http://{host}:{port}/one.mp3"))
        assert (code, "not fetched: it leads into a private network." in said) == (Exit.JOB_FAILED, True), said
    assert site.asked == []


@pytest.mark.parametrize(
    "reach",
    [
        "socket.create_connection(('127.0.0.1', PORT))",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('10.0.0.1', 53))",
        "urllib.request.urlopen('http://localhost:PORT/one.mp3')",
        "socket.socket().connect(('localhost', PORT))",
        "subprocess.run(['true'])",
        "os.system('true')",
        "os.fork()",
    ],
)
def test_whoever_asks_is_stopped_at_the_connection(site: Site, reach: str) -> None:
    lines = [
        "import os, socket, subprocess, urllib.request",
        "from aisubs.local.fetching.guard import give_up_surroundings",
        "give_up_surroundings(private=False)",
        reach.replace("PORT", site.url.rpartition(":")[2]),
    ]
    ended = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "private network" in ended.stderr or "no other program" in ended.stderr
    assert site.asked == []
