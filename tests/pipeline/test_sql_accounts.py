"""Accounts and the keys of their programs, as the database keeps them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from aisubs.model.errors import AisubsError
from aisubs.pipeline.jobs import Holder, hash_token
from tests.pipeline.job_line import JobLine

ISS, OTHER_ISS = "https://id.example", "https://other.example"
IDLE_S = 3600.0


def come(line: JobLine, sub: str, token: str, iss: str = ISS, **more: Any) -> Holder:
    person = {"name": None, "email": None, "admin": False, "device": "", "lasts_s": 60.0} | more
    line.jobs.sign_in_account(iss, sub, token_hash=hash_token(token), **person)
    return Holder.of([token], line.jobs.session_owner(Holder.of([token]), IDLE_S))


def refused(call: Any, *arguments: Any) -> str:
    with pytest.raises(AisubsError) as refusal:
        call(*arguments)
    return refusal.value.code


def test_an_account_is_iss_and_sub(line: JobLine) -> None:
    first = come(line, "ada", "one", email="a@example.org", name="Ada")
    again = come(line, "ada", "two", email="new@example.org")
    assert first.owner_id == again.owner_id
    shown = line.jobs.get_account(again)
    assert shown is not None
    assert (shown["name"], shown["email"], shown["sessions"]) == (None, "new@example.org", 2)
    assert come(line, "ada", "three", iss=OTHER_ISS, email="new@example.org").owner_id != first.owner_id
    assert come(line, "Ada", "four", email="new@example.org").owner_id != first.owner_id


def test_eight_first_sign_ins_at_once_make_one_account(line: JobLine) -> None:
    with ThreadPoolExecutor(8) as threads:
        owners = set(threads.map(lambda number: come(line, "ada", f"token {number}").owner_id, range(8)))
    assert len(owners) == 1
    assert line.sql("select count(*) as n from aisubs.accounts") == [{"n": 1}]


def test_use_does_not_make_it_last(line: JobLine) -> None:
    come(line, "ada", "one")
    line.jobs.begin_session(hash_token("machine"), "machine", "", 60.0)
    line.sql("update aisubs.owner_sessions set last_used_at = now() - interval '2 hours'")
    for token in ("one", "machine"):
        line.jobs.session_owner(Holder.of([token]), IDLE_S)
    rows = line.sql("select owner_id, expires_at > now() + interval '30 minutes' as longer from aisubs.owner_sessions")
    assert {row["owner_id"].partition(":")[0]: row["longer"] for row in rows} == {"account": False, "machine": True}


def test_who_is_shut_out_has_neither_session_nor_key_nor_rights(line: JobLine) -> None:
    ada, eve = come(line, "ada", "one", admin=True), come(line, "eve", "two")
    line.jobs.create_key(ada, hash_token("key"), "x", ["admin"], None)
    line.jobs.shut_account(ISS, "ada")
    line.jobs.shut_account(ISS, "nobody")
    assert line.jobs.session_owner(Holder.of(["one"]), IDLE_S) is None
    assert line.jobs.key_owner(Holder.of(["key"])) is None
    assert line.sql("select admin from aisubs.accounts where sub = 'ada'") == [{"admin": False}]
    assert line.jobs.session_owner(Holder.of(["two"]), IDLE_S) == eve.owner_id


def test_a_key_stands_for_its_owner_until_it_is_revoked_or_over(line: JobLine) -> None:
    ada, eve = come(line, "ada", "one"), come(line, "eve", "two")
    made = line.jobs.create_key(ada, hash_token("key"), "script", ["read", "write"], 7)
    line.jobs.create_key(ada, hash_token("other"), "second", ["read"], None)
    assert line.jobs.key_owner(Holder.of(["x", "key"])) == (ada.owner_id, ("read", "write"))
    assert line.jobs.key_owner(Holder.of(["one"])) is line.jobs.key_owner(Holder.of([])) is None
    listed = {row["name"]: row for row in line.jobs.list_keys(ada)}
    assert listed["script"]["last_used_at"] is not None
    assert listed["second"] | {"last_used_at": None, "expires_at": None} == listed["second"]
    assert "token_hash" not in listed["script"]
    assert line.jobs.list_keys(eve) == []
    line.jobs.revoke_key(eve, made["key_id"])
    line.jobs.revoke_key(ada, "no id at all")
    assert line.jobs.key_owner(Holder.of(["key"])) is not None, "only its owner revokes a key"
    line.sql("update aisubs.api_keys set expires_at = now() where name = 'script'")
    assert line.jobs.key_owner(Holder.of(["key"])) is None
    assert line.jobs.key_owner(Holder.of(["other"])) is not None
    line.jobs.revoke_key(ada, listed["second"]["key_id"])
    assert line.jobs.key_owner(Holder.of(["other"])) is None


@pytest.mark.parametrize("owner_id", [None, "library:x"])
def test_keys_are_for_whoever_is_signed_in(line: JobLine, owner_id: str | None) -> None:
    holder = Holder((), owner_id)
    assert refused(line.jobs.create_key, holder, hash_token("key"), "x", ["read"], None) == "unauthorized"
    assert line.jobs.list_keys(holder) == []
    assert line.jobs.get_account(holder) is None


def test_fifty_keys_are_enough_and_none_is_of_more_than_its_maker(line: JobLine) -> None:
    ada = come(line, "ada", "one")
    assert refused(line.jobs.create_key, ada, hash_token("key"), "x", ["read", "admin"], None) == "not_admin"

    def make(number: int) -> str:
        try:
            line.jobs.create_key(ada, hash_token(f"key {number}"), "x", ["read"], None)
        except AisubsError as fault:
            return fault.code
        return "made"

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(make, range(56)))
    assert sorted(outcomes) == ["made"] * 50 + ["too_many_keys"] * 6


def test_claiming_ends_all_that_was_known_of_a_job(line: JobLine) -> None:
    """The token, the key of its announcement, and the name of its live channel."""
    ada = come(line, "ada", "one")
    assert ada.owner_id is not None
    said: dict[str, Any] = {"job_id": "6f2f3c52-6a36-4a4c-8f0e-0b9a4a6b7c11"}
    job = line.offer("token", **said)
    topic = line.row(job.job_id)["watch_topic"]
    assert line.jobs.claim_jobs(Holder.of(["token"]), ada.owner_id, revoke=True) == 1
    claimed = line.row(job.job_id)
    assert (claimed["owner_id"], claimed["token_hash"]) == (ada.owner_id, None)
    assert claimed["watch_topic"] != topic
    assert claimed["version"] > job.version, "who looks again is told the new one, and not 304"
    assert line.sql("select aisubs_core.can_watch(%s) as may", topic) == [{"may": False}]
    assert line.sql("select aisubs_core.can_watch(%s) as may", claimed["watch_topic"]) == [{"may": True}]
    assert refused(lambda: line.offer("token", **said)) == "job_not_found"
    line.jobs.get_job(job.job_id, ada)


def test_claiming_without_revoking_leaves_tokens_and_topics(line: JobLine) -> None:
    ada = come(line, "ada", "one")
    assert ada.owner_id is not None
    job = line.offer("token")
    line.jobs.claim_jobs(Holder.of(["token"]), ada.owner_id, revoke=False)
    assert line.row(job.job_id)["watch_topic"] == job.watch_topic
    line.jobs.get_job(job.job_id, Holder.of(["token"]))
