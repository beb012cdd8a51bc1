"""Who is signed in, and how jobs come to belong to somebody."""

from __future__ import annotations

import pytest

from aisubs.model.errors import AisubsError
from aisubs.pipeline.jobs import Holder, hash_token, library_owner
from tests.pipeline.job_line import JobLine

OWNER, IDLE_S = "machine", 3600.0 * 24
KEY, OTHER_KEY = f"lib_{'7zx4' * 6}ab", f"lib_{'q' * 26}"


def begin(line: JobLine, token: str, owner: str = OWNER, device: str = "Firefox") -> str:
    return str(line.jobs.begin_session(hash_token(token), owner, device, IDLE_S)["session_id"])


def owner_of(line: JobLine, *tokens: str) -> str | None:
    return line.jobs.session_owner(Holder.of(tokens), IDLE_S)


def library(key: str) -> Holder:
    return Holder(owner_id=library_owner([key]))


def mine(line: JobLine, holder: Holder) -> set[str]:
    return {row["job_id"] for row in line.jobs.list_jobs(holder, 1, 50, None)}


def test_a_session_stands_for_its_owner_until_it_is_ended(line: JobLine) -> None:
    phone, laptop = begin(line, "phone", device="Phone"), begin(line, "laptop")
    assert begin(line, "phone") == phone, "a lost answer makes no second session"
    begin(line, "stranger", owner="somebody else")
    assert owner_of(line, "phone") == owner_of(line, "x", "laptop") == OWNER
    assert owner_of(line) is owner_of(line, "x") is None
    asking = Holder.of(["laptop"], OWNER)
    listed = line.jobs.list_sessions(asking)
    assert {(row["session_id"], row["device"], row["current"]) for row in listed} == {
        (phone, "Phone", False), (laptop, "Firefox", True)
    }  # fmt: skip
    line.jobs.end_session(asking, phone)
    line.jobs.end_session(asking, "no id at all")
    assert (owner_of(line, "phone"), owner_of(line, "laptop")) == (None, OWNER)
    line.jobs.end_session(asking, None)
    assert owner_of(line, "laptop") is None
    assert owner_of(line, "stranger") == "somebody else"


def test_a_session_ends_when_it_is_not_used_and_use_makes_it_last(line: JobLine) -> None:
    begin(line, "phone")
    line.sql("update aisubs.owner_sessions set last_used_at = now() - interval '2 hours', expires_at = now() + '1 min'")
    assert owner_of(line, "phone") == OWNER
    left = line.sql("select expires_at - now() > interval '23 hours' as long from aisubs.owner_sessions")
    assert left == [{"long": True}]
    line.sql("update aisubs.owner_sessions set expires_at = now()")
    assert owner_of(line, "phone") is None
    begin(line, "laptop")
    assert line.sql("select count(*) from aisubs.owner_sessions") == [{"count": 1}]


def test_two_hundred_sessions_are_enough(line: JobLine) -> None:
    for number in range(201):
        begin(line, f"phone {number}")
        line.sql("update aisubs.owner_sessions set last_used_at = last_used_at - interval '1 minute'")
    assert (owner_of(line, "phone 0"), owner_of(line, "phone 1"), owner_of(line, "phone 200")) == (None, OWNER, OWNER)


def test_a_library_holds_what_was_submitted_with_its_key(line: JobLine) -> None:
    job = line.offer("token", holder=library(KEY).as_json())
    assert mine(line, library(KEY)) == {job.job_id}
    assert mine(line, library(OTHER_KEY)) == set()
    assert line.jobs.get_job(job.job_id, Holder.of(["token"])).job_id == job.job_id
    assert KEY not in str(line.everything())


def test_jobs_made_before_the_key_are_claimed_by_their_tokens(line: JobLine) -> None:
    one, two = line.offer("one"), line.offer("two")
    held = Holder.of(["one", "two", "nothing"])
    to = library_owner([KEY])
    assert to is not None
    assert line.jobs.claim_jobs(held, to, revoke=False) == 2
    assert line.jobs.claim_jobs(held, to, revoke=False) == 0
    assert mine(line, library(KEY)) == {one.job_id, two.job_id}
    assert line.jobs.get_job(one.job_id, Holder.of(["one"])).job_id == one.job_id


def test_a_new_key_ends_the_old_one_and_the_tokens(line: JobLine) -> None:
    job = line.offer("token", holder=library(KEY).as_json())
    to = library_owner([OTHER_KEY])
    assert to is not None
    assert line.jobs.claim_jobs(library(KEY), to, revoke=True) == 1
    assert line.jobs.claim_jobs(library(KEY), to, revoke=True) == 0
    assert mine(line, library(OTHER_KEY)) == {job.job_id}
    assert mine(line, library(KEY)) == mine(line, Holder.of(["token"])) == set()
    with pytest.raises(AisubsError, match="no such job"):
        line.jobs.get_job(job.job_id, Holder.of(["token"]))


def test_nobody_takes_what_belongs_to_somebody_who_is_signed_in(line: JobLine) -> None:
    job = line.offer("token", holder=Holder(owner_id=OWNER).as_json())
    to = library_owner([KEY])
    assert to is not None
    assert line.jobs.claim_jobs(Holder.of(["token"], OWNER), to, revoke=True) == 0
    assert line.row(job.job_id)["owner_id"] == OWNER
    assert line.jobs.claim_jobs(Holder(), to, revoke=True) == 0


def test_whoever_has_a_link_takes_nothing(line: JobLine) -> None:
    job = line.finished()
    line.jobs.create_share(job.job_id, Holder.of(["token"]), hash_token("guest"), None, include_media=True)
    to = library_owner([KEY])
    assert to is not None
    assert line.jobs.claim_jobs(Holder.of(["guest"]), to, revoke=True) == 0
    assert line.row(job.job_id)["owner_id"] is None


def test_one_owner_has_a_lane_for_each_way_in(line: JobLine) -> None:
    """A thousand dropped files do not keep a command waiting, although all belong to one owner."""
    first = line.drop(source="folder", owner_id=OWNER, token_hash=hash_token("inbox"))
    line.drop(source="folder", owner_id=OWNER, token_hash=hash_token("inbox"))
    sent = line.drop(source="cli", owner_id=OWNER, token_hash=hash_token("cli"))
    assert [line.claim().job_id, line.claim().job_id] == [first.job_id, sent.job_id]
