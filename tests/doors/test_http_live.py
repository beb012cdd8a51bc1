"""The live feed of the local edition: real moves of jobs, LISTEN, and a real WebSocket client."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from aisubs.http import Watchers, create_http
from aisubs.http.watchers import MAX_TOPICS, Watcher
from aisubs.local.live import LiveMessages
from aisubs.local.postgres import EmbeddedPostgres
from aisubs.model.change import Change
from aisubs.pipeline.jobs import Holder
from aisubs.settings import Settings
from aisubs.wiring import make_app
from tests.doors.http_door import fault_of
from tests.http_server import serve, until
from tests.live_socket import live_socket
from tests.pipeline.beginnings import HOLDER
from tests.pipeline.job_line import JobLine

ELSEWHERE = "https://page.example"


@dataclass
class Feed:
    url: str
    line: JobLine
    watchers: Watchers


@contextmanager
def open_feed(database_url: str, folder: Path, **limits: int) -> Iterator[Feed]:
    watchers = Watchers(**limits)
    settings = Settings(database_url=database_url, data_dir=folder, allowed_origins=f" {ELSEWHERE}/ ")
    with JobLine(database_url) as line, ExitStack() as parts:
        http = create_http(make_app(settings, database=line.database), watchers=watchers)
        url = parts.enter_context(serve(http))
        parts.callback(LiveMessages(line.database, watchers.tell, watchers.ask_again).close)
        listening = "select pid from pg_stat_activity where query ilike 'listen%' and datname = current_database()"
        until(lambda: line.sql(listening))
        yield Feed(url, line, watchers)


@pytest.fixture
def feed(database_url: str, tmp_path: Path) -> Iterator[Feed]:
    with open_feed(database_url, tmp_path) as feed:
        yield feed


def finish(line: JobLine) -> None:
    claim = line.claim()
    for seq in range(3):
        line.save(claim, seq, seq)
    line.complete(claim)


# ── hints ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_hints_of_a_job_until_it_is_done(feed: Feed) -> None:
    job = feed.line.web()
    with live_socket(feed.url) as page:
        page.watch(job.watch_topic)
        claim = feed.line.claim()
        first = page.hear()
        assert first | {"version": 0} == {
            "type": "job", "job_id": job.job_id, "version": 0, "status": "processing", "stage": "fetching",
            "progress": 0,
        }  # fmt: skip
        feed.line.save(claim, 0, 0)
        assert page.hear()["progress"] == 33
        feed.line.save(claim, 1, 2)
        feed.line.complete(claim)
        heard = [first, *page.hear_until("completed")]
    versions = [hint["version"] for hint in heard]
    assert versions == sorted(set(versions))
    assert (heard[-1]["stage"], heard[-1]["progress"]) == (None, 100)
    assert versions[-1] == feed.line.jobs.get_job(job.job_id, HOLDER).version


def test_a_deleted_job_says_so(feed: Feed) -> None:
    job = feed.line.finished()
    with live_socket(feed.url) as page:
        page.watch(job.watch_topic)
        feed.line.jobs.delete_job(job.job_id, HOLDER)
        assert page.hear()["status"] == "deleted"


def test_nobody_hears_of_what_they_did_not_ask_for(feed: Feed) -> None:
    mine, other = feed.line.web("token"), feed.line.web("other")
    assert mine.watch_topic
    guesses = (mine.watch_topic[:-1], f"job:{mine.job_id}", "job:%", "*", mine.job_id)
    with live_socket(feed.url) as idle, live_socket(feed.url) as stranger, live_socket(feed.url) as holder:
        stranger.watch(*guesses, other.watch_topic)
        holder.watch(mine.watch_topic)
        finish(feed.line)
        finish(feed.line)
        assert {hint["job_id"] for hint in holder.hear_until("completed")} == {mine.job_id}
        assert {hint["job_id"] for hint in stranger.hear_until("completed")} == {other.job_id}
        # Whatever else was sent to them would have to come before the answers.
        idle.watch()
        stranger.watch()
        holder.watch()


def test_the_watch_set_is_replaced(feed: Feed) -> None:
    first, second = feed.line.web("token"), feed.line.web("other")
    with live_socket(feed.url) as page:
        page.watch(first.watch_topic)
        page.watch(second.watch_topic)
        assert feed.line.claim().job_id == first.job_id
        assert feed.line.claim().job_id == second.job_id
        # It may hear of its place in the line first.
        assert {hint["job_id"] for hint in page.hear_until("processing")} == {second.job_id}
        page.watch()
        feed.line.jobs.cancel_job(second.job_id, Holder.of(["other"]), cancel_running=True)
        page.watch(first.watch_topic)


def test_a_page_that_comes_back_hears_on(feed: Feed) -> None:
    job = feed.line.web()
    with live_socket(feed.url) as page:
        page.watch(job.watch_topic)
    with live_socket(feed.url) as page:
        page.watch(job.watch_topic)
        claim = feed.line.claim()
        assert page.hear()["version"] == feed.line.jobs.get_job(claim.job_id, HOLDER).version


def test_many_topics_at_once(feed: Feed) -> None:
    jobs = [feed.line.web(f"token {number}") for number in range(100)]
    with live_socket(feed.url) as page:
        page.watch(*(job.watch_topic for job in jobs))
        for _ in jobs:
            feed.line.claim()
        assert {page.hear()["job_id"] for _ in jobs} == {job.job_id for job in jobs}


def test_two_tabs_hear_the_same(feed: Feed) -> None:
    job = feed.line.web()
    with live_socket(feed.url) as tab, live_socket(feed.url) as other_tab:
        tab.watch(job.watch_topic)
        other_tab.watch(job.watch_topic)
        feed.line.claim()
        assert tab.hear() == other_tab.hear()


def test_postgres_killed_and_back(own_server: EmbeddedPostgres, tmp_path: Path) -> None:
    with open_feed(own_server.url, tmp_path) as feed:
        job = feed.line.web()
        with live_socket(feed.url) as page, live_socket(feed.url) as idle:
            page.watch(job.watch_topic)
            killed = own_server.pid
            os.kill(killed or 0, signal.SIGKILL)
            until(lambda: own_server.pid != killed)
            assert page.hear() == {"type": "ready"}, "what was said meanwhile is lost: the page must ask"
            claim = feed.line.claim()
            assert page.hear()["version"] == feed.line.jobs.get_job(claim.job_id, HOLDER).version
            idle.watch()  # it had not asked for anything, so there was nothing to ask again


# ── who may listen, and how much ─────────────────────────────────────────────────────────────────────────────────────


def test_pages_of_other_origins_are_refused(feed: Feed) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", feed.url + ".evil.example", ""):
        with pytest.raises(InvalidStatus) as refused, live_socket(feed.url, origin=origin):
            pass
        response = refused.value.response
        assert (response.status_code, json.loads(response.body or b"")["error"]["code"]) == (403, "origin_refused")
    for origin in (feed.url, ELSEWHERE, None):
        with live_socket(feed.url, origin=origin) as page:
            page.watch()


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("hello", 1008),
        ("[]", 1008),
        ('{"watch": "job:1"}', 1008),
        ('{"watch": [1]}', 1008),
        ('{"watch": [""]}', 1008),
        (json.dumps({"watch": ["j" * 201]}), 1008),
        (json.dumps({"watch": [str(number) for number in range(MAX_TOPICS + 1)]}), 1008),
        (b'{"watch": []}', 1003),
    ],
)
def test_what_is_not_understood_ends_the_connection(feed: Feed, message: str | bytes, code: int) -> None:
    with live_socket(feed.url) as page:
        page.connection.send(message)
        closed, reason = page.closed_with()
        assert closed == code
        assert reason


def test_as_many_topics_as_allowed(feed: Feed) -> None:
    with live_socket(feed.url) as page:
        page.watch(*(f"job:{number:064}" for number in range(MAX_TOPICS)))


def test_too_many_pages(database_url: str, tmp_path: Path) -> None:
    with open_feed(database_url, tmp_path, max_connections=1) as feed:
        with live_socket(feed.url) as page:
            page.watch()
            with live_socket(feed.url) as other:
                assert other.closed_with() == (1013, "Too many pages are listening. Try again later.")

        def welcome() -> bool:
            with live_socket(feed.url) as next_one:
                try:
                    next_one.watch()
                except ConnectionClosed:
                    return False
                return True

        until(welcome)


def test_a_page_that_reads_slowly_misses_hints_but_not_the_last(feed: Feed) -> None:
    """`recv` is not called until all is said: what the connection's buffers do not hold is coalesced."""
    told = 200_000
    with live_socket(feed.url) as page:
        page.watch("job:slow")
        for version in range(told):
            feed.watchers.tell(Change("id", version, "processing", "job:slow"))
        heard = [page.hear()["version"]]
        while heard[-1] != told - 1:
            heard.append(page.hear()["version"])
    assert heard == sorted(heard)
    assert len(heard) < told / 2


def test_what_waits_for_a_page_is_bounded_by_what_it_watches() -> None:
    async def scenario() -> None:
        watcher = Watcher(asyncio.get_running_loop())
        watcher.replace(frozenset({"a", "b"}))
        for version in range(1000):
            for topic in ("a", "b", "c"):
                watcher.tell(Change(topic, version, "processing", topic))
        watcher.tell(Change("a", 3, "pending", "a"))  # overtaken
        assert await watcher.wait() == (
            1, [Change("a", 999, "processing", "a"), Change("b", 999, "processing", "b")],
        )  # fmt: skip
        watcher.tell(Change("a", 1000, "completed", "a"))
        watcher.replace(frozenset({"b"}))
        assert await watcher.wait() == (1, [])

    asyncio.run(scenario())


def test_without_upgrade_it_says_what_it_wants(feed: Feed) -> None:
    answer = httpx.get(f"{feed.url}/api/live")
    assert fault_of(answer) == (426, "bad_request")
    assert answer.headers["upgrade"] == "websocket"


def test_where_nobody_tells_of_changes_there_is_no_such_address(feed: Feed, tmp_path: Path) -> None:
    app = make_app(Settings(data_dir=tmp_path), database=feed.line.database)
    with serve(create_http(app)) as url:
        assert fault_of(httpx.get(f"{url}/api/live")) == (404, "not_found")
        with pytest.raises(InvalidStatus), live_socket(url):
            pass
