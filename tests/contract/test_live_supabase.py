"""Live updates as a browser gets them from Supabase: real supabase-js, Realtime's protocol, our policy and triggers.

Needs Node and `make web`. The SQL alone is tested in tests/pipeline/test_sql_live.py, on every version of Postgres.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator

import pytest

from aisubs.pipeline.jobs import Claim
from tests.contract.live_tabs import PATIENCE_S, REFUSAL_MS, Tabs, live_tabs
from tests.doubles.supabase_realtime import SupabaseRealtime
from tests.pipeline.beginnings import HOLDER
from tests.pipeline.job_line import JobLine

USER = "8c1f4f2e-5d2a-4f2d-9b0a-0d7a4f3f8f11"
IN = ("SUBSCRIBED", None)
SPOOF = {"job_id": USER, "version": 1_000_000, "stage": "done", "progress": 100, "status": "completed"}


@pytest.fixture
def line(database_url: str) -> Iterator[JobLine]:
    with JobLine(database_url) as line:
        yield line


@pytest.fixture
def endpoint(database_url: str) -> Iterator[SupabaseRealtime]:
    with SupabaseRealtime(database_url) as endpoint:
        yield endpoint


@pytest.fixture
def tabs(endpoint: SupabaseRealtime) -> Iterator[Tabs]:
    with live_tabs(endpoint) as tabs:
        yield tabs


def refusal(topic: str | None) -> tuple[str, str]:
    sentence = f"You do not have permissions to read from this Channel topic: {topic}"
    return "CHANNEL_ERROR", f"Unauthorized: {sentence}"


def signed_in(endpoint: SupabaseRealtime, lasts_s: int = 3600) -> str:
    return endpoint.keys.sign(sub=USER, role="authenticated", exp=int(time.time()) + lasts_s)


def finish(line: JobLine, claim: Claim) -> None:
    for seq in range(3):
        line.save(claim, seq, seq)
    line.complete(claim)


@pytest.mark.parametrize(("vsn", "role"), [("2.0.0", "anon"), ("1.0.0", "anon"), ("2.0.0", "authenticated")])
def test_hints_of_a_job_arrive_in_order_until_it_is_done(
    line: JobLine, endpoint: SupabaseRealtime, tabs: Tabs, vsn: str, role: str
) -> None:
    job = line.web()
    tab = tabs.open("mine", vsn=vsn, token=signed_in(endpoint) if role == "authenticated" else None)
    assert tab.join(job.watch_topic) == IN
    finish(line, line.claim())
    heard = [tab.hear()]
    while heard[-1]["status"] != "completed":
        heard.append(tab.hear())
    versions = [hint["version"] for hint in heard]
    assert versions == sorted(set(versions))
    assert job.version < versions[0]
    assert versions[-1] == line.jobs.get_job(job.job_id, HOLDER).version
    assert heard[0] | {"version": 0} == {
        "job_id": job.job_id, "version": 0, "status": "processing", "stage": "fetching", "progress": 0,
    }  # fmt: skip
    assert [hint["progress"] for hint in heard] == [0, 33, 66, 99, 100]
    assert {*heard[0]} == {*heard[-1]}, "a hint holds nothing of the transcript"
    assert tab.has_heard() == []


def test_nobody_else_hears_of_it(line: JobLine, tabs: Tabs) -> None:
    mine, other = line.web("token"), line.web("other")
    assert mine.watch_topic
    guesses = ["job:" + secrets.token_hex(32), mine.watch_topic[:-1], f"job:{mine.job_id}", "job:%"]
    strangers = [tabs.open(f"guess {number}") for number in range(len(guesses))]
    for stranger, guess in zip(strangers, guesses, strict=True):
        assert stranger.join(guess) == refusal(guess)
    public, others, holder = tabs.open("public"), tabs.open("other"), tabs.open("mine")
    assert public.join(mine.watch_topic, private=False) == IN  # anybody may; nothing of ours is said there
    assert others.join(other.watch_topic) == IN
    assert holder.join(mine.watch_topic) == IN
    finish(line, line.claim())
    while holder.hear()["status"] != "completed":
        pass
    assert [tab.has_heard() for tab in (*strangers, public, others)] == [[]] * 6
    line.claim()
    assert others.hear()["job_id"] == other.job_id
    assert holder.has_heard() == []


def test_a_deleted_job_says_so_and_cannot_be_watched_any_more(line: JobLine, tabs: Tabs) -> None:
    job = line.web()
    watching, late = tabs.open("watching"), tabs.open("late")
    assert watching.join(job.watch_topic) == IN
    line.jobs.cancel_job(job.job_id, HOLDER, cancel_running=True)
    line.jobs.delete_job(job.job_id, HOLDER)
    assert [watching.hear()["status"] for _ in range(2)] == ["cancelled", "deleted"]
    assert late.join(job.watch_topic) == refusal(job.watch_topic)


def test_a_client_cannot_send(line: JobLine, endpoint: SupabaseRealtime, tabs: Tabs) -> None:
    job = line.web()
    assert job.watch_topic
    public, member, holder = tabs.open("public"), tabs.open("member"), tabs.open("holder")
    assert public.join(job.watch_topic, private=False) == IN
    assert member.join(job.watch_topic) == IN
    assert holder.join(job.watch_topic) == IN
    before = line.sql("select count(*) from realtime.messages")
    assert member.send(SPOOF, REFUSAL_MS) == "timed out"
    assert member.has_heard() == []
    assert endpoint.refused == [(job.watch_topic, "job")]
    # Who knows the topic may say what they like on the public channel of that name. We do not listen there.
    assert public.send(SPOOF, int(PATIENCE_S * 1000)) == "ok"
    assert line.sql("select count(*) from realtime.messages") == before
    line.claim()
    assert holder.hear()["status"] == "processing"
    assert holder.has_heard() == []


@pytest.mark.parametrize("vsn", ["2.0.0", "1.0.0"])
def test_with_a_policy_for_it_a_client_could_send(line: JobLine, tabs: Tabs, vsn: str) -> None:
    """The endpoint is not deaf: that clients cannot send is our policy's doing."""
    line.sql("create policy talk on realtime.messages for insert to anon with check (true)")
    job = line.web()
    member, holder = tabs.open("member", vsn=vsn), tabs.open("holder")
    assert member.join(job.watch_topic) == IN
    assert holder.join(job.watch_topic) == IN
    assert member.send(SPOOF, int(PATIENCE_S * 1000)) == "ok"
    assert holder.hear() == SPOOF


def test_after_a_lost_connection_the_client_joins_again(line: JobLine, endpoint: SupabaseRealtime, tabs: Tabs) -> None:
    job = line.web()
    tab = tabs.open("mine")
    assert tab.join(job.watch_topic) == IN
    endpoint.cut()
    assert tab.status()[0] == "CHANNEL_ERROR"
    assert tab.status() == IN
    line.claim()
    assert tab.hear()["version"] == line.jobs.get_job(job.job_id, HOLDER).version


def test_who_leaves_hears_no_more(line: JobLine, tabs: Tabs) -> None:
    job = line.web()
    gone, holder = tabs.open("gone"), tabs.open("mine")
    assert gone.join(job.watch_topic) == IN
    assert holder.join(job.watch_topic) == IN
    gone.order("leave")
    assert gone.wait_for("left")["answer"] == "ok"
    line.claim()
    holder.hear()
    assert gone.status()[0] == "CLOSED"
    assert gone.has_heard() == []


def test_a_token_that_has_expired(line: JobLine, endpoint: SupabaseRealtime, tabs: Tabs) -> None:
    job = line.web()
    late = tabs.open("late", token=signed_in(endpoint, lasts_s=-1))
    assert late.join(job.watch_topic) == ("CHANNEL_ERROR", "InvalidJWTToken: JWT expired")
    tab = tabs.open("mine", token=signed_in(endpoint))
    assert tab.join(job.watch_topic) == IN
    tab.order("renew", token=signed_in(endpoint, lasts_s=-1))
    assert tab.wait_for("system")["message"] == "JWT expired"
    assert tab.status()[0] == "CLOSED"


def test_without_the_key_of_the_project(line: JobLine, tabs: Tabs) -> None:
    stranger = tabs.open("stranger", key="sb_publishable_of_another_project")
    assert stranger.join(line.web().watch_topic)[0] == "CHANNEL_ERROR"
