"""Read-only links in the database: who reads by them, that nobody writes by them, and when they end."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from aisubs.model.errors import AisubsError
from aisubs.pipeline.jobs import Holder, hash_token
from tests.pipeline.beginnings import BEGINNINGS, HOLDER
from tests.pipeline.job_line import BROWSERS, JobLine

GUEST = Holder.of(["guest"])


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(AisubsError) as caught:
        action()
    return caught.value.code


def share(
    line: JobLine, job_id: str, token: str = "guest", expires_in_s: float | None = 3600, *, include_media: bool = False
) -> str:
    made = line.jobs.create_share(job_id, HOLDER, hash_token(token), expires_in_s, include_media=include_media)
    return str(made["share_id"])


def topic_of(line: JobLine, share_id: str) -> str:
    return str(line.sql("select watch_topic from aisubs.job_shares where share_id = %s", share_id)[0]["watch_topic"])


def ends_now(line: JobLine, share_id: str) -> None:
    """Its time has come, by the clock of the database."""
    line.sql("update aisubs.job_shares set expires_at = now() where share_id = %s", share_id)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", BEGINNINGS)
def test_a_guest_sees_the_job_but_not_its_topic(line: JobLine, state: str) -> None:
    job_id = BEGINNINGS[state](line)
    topic = topic_of(line, share(line, job_id))
    own, seen = line.jobs.get_job(job_id, HOLDER), line.jobs.get_job(job_id, GUEST)
    by_the_clock = {"eta_s": seen.eta_s, "worked_s": seen.worked_s}
    assert seen == own.model_copy(update={"watch_topic": topic, **by_the_clock})
    assert topic != own.watch_topic
    assert len(topic) == len("share:") + 64


def test_a_guest_does_not_learn_what_the_model_was_told(line: JobLine) -> None:
    job = line.web(options={"initial_prompt": "Dismissal of A. Miller", "hotwords": "Miller", "language": "en"})
    share(line, job.job_id)
    assert line.jobs.get_job(job.job_id, GUEST).options == {"language": "en"}
    assert line.jobs.get_job(job.job_id, HOLDER).options["hotwords"] == "Miller"


def test_nothing_is_listed_nor_found_again_by_a_link(line: JobLine) -> None:
    job = line.finished()
    share(line, job.job_id)
    assert line.jobs.list_jobs(GUEST, 1, 10, None) == []
    assert not line.offer("other", holder=GUEST.as_json(), video_hash="5" * 64).cached


def test_a_link_is_for_one_job(line: JobLine) -> None:
    mine, other = line.web(), line.web()
    share(line, mine.job_id)
    assert code_of(lambda: line.jobs.get_job(other.job_id, GUEST)) == "job_not_found"
    ends_now(line, share(line, other.job_id, "second"))
    assert code_of(lambda: line.jobs.get_job(mine.job_id, Holder.of(["second"]))) == "job_not_found"


def test_the_owner_stays_the_owner_with_links_in_hand(line: JobLine) -> None:
    job_id = BEGINNINGS["failed"](line)
    ends_now(line, share(line, job_id, "old"))
    share(line, job_id)
    both = Holder.of(["old", "guest", "token"])
    assert line.jobs.get_job(job_id, both).watch_topic == line.row(job_id)["watch_topic"]
    assert line.jobs.retry_job(job_id, both, 1000).status == "pending"


def test_of_several_links_the_best_counts(line: JobLine) -> None:
    job = line.web()
    line.jobs.revoke_share(job.job_id, HOLDER, share(line, job.job_id, "over"))
    share(line, job.job_id, "text")
    with_media = share(line, job.job_id, "media", include_media=True)
    everything = Holder.of(["over", "text", "media"])
    assert line.jobs.get_job(job.job_id, everything).watch_topic == topic_of(line, with_media)
    assert line.jobs.get_recording(job.job_id, everything)["object_name"] == f"uploads/{job.job_id}/source.mp4"


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

Writing = Callable[[JobLine, str, Holder], object]

REVISION: dict[str, Any] = {
    "based_on": 0,
    "document": {},
    "undo": [],
    "changes": 1,
    "restored_from": None,
    "kept_revisions": 9,
    "kept_bytes": 99,
}

WRITING: dict[str, Writing] = {
    "cancel_job": lambda line, job, who: line.jobs.cancel_job(job, who, cancel_running=True),
    "retry_job": lambda line, job, who: line.jobs.retry_job(job, who, 1000),
    "delete_job": lambda line, job, who: line.jobs.delete_job(job, who),
    "read_speaker_chunks": lambda line, job, who: line.jobs.read_speaker_chunks(job, who, 0, 9),
    "list_suggestions": lambda line, job, who: line.jobs.list_suggestions(job, who),
    "decline_suggestion": lambda line, job, who: line.jobs.decline_suggestion(job, who, "Speaker 1"),
    "read_known_voices": lambda line, job, who: line.jobs.read_known_voices(job, who),
    "replace_voices": lambda line, job, who: line.jobs.replace_voices(job, who, []),
    "request_translation": lambda line, job, who: line.jobs.request_translation(
        job, who, "de", source_language="en", source_revision=0, glossary=(), shifts=(), sentences=(), at_most=9
    ),
    "request_video_copy": lambda line, job, who: line.jobs.request_video_copy(
        job, who, "mux", profile="netflix", language="en", revision=0, subtitles="x", at_most=9, open_at_most=9
    ),
    "list_video_copies": lambda line, job, who: line.jobs.list_video_copies(job, who),
    "delete_video_copy": lambda line, job, who: line.jobs.delete_video_copy(job, who, job),
    "delete_translation": lambda line, job, who: line.jobs.delete_translation(job, who, "de"),
    "find_upload": lambda line, job, who: line.jobs.find_upload(job, who),
    "renew_upload": lambda line, job, who: line.jobs.renew_upload(job, who, upload_lease_s=9.0, upload_deadline_s=9.0),
    "get_own_job": lambda line, job, who: line.jobs.get_own_job(job, who),
    "open_revision": lambda line, job, who: line.jobs.open_revision(job, who),
    "save_revision": lambda line, job, who: line.jobs.save_revision(job, who, **REVISION),
    "subscribe_push": lambda line, job, who: line.jobs.subscribe_push(job, who, "https://x", "p", "a", "en"),
    "unsubscribe_push": lambda line, job, who: line.jobs.unsubscribe_push(job, who, "https://x"),
    "update_job": lambda line, job, who: line.jobs.update_job(
        job, who, {"title": "Eve's", "tags": ["x"], "keep": True}
    ),
    "list_shares": lambda line, job, who: line.jobs.list_shares(job, who),
    "create_share": lambda line, job, who: line.jobs.create_share(job, who, "a" * 64, None, include_media=True),
    "revoke_share": lambda line, job, who: line.jobs.revoke_share(job, who, "00000000-0000-4000-8000-000000000000"),
}


@pytest.mark.parametrize("function", WRITING)
def test_a_guest_changes_nothing(line: JobLine, function: str) -> None:
    # What waits is made last, or the worker would take it for the others.
    states = sorted(BEGINNINGS, key=lambda state: state == "pending")
    job_ids = [BEGINNINGS[state](line) for state in states]
    shares = [share(line, job_id, f"guest {job_id}") for job_id in job_ids]
    before, known = line.everything(), line.sql("select * from aisubs.job_shares order by 1")
    for job_id in job_ids:
        guest = Holder.of([f"guest {job_id}"])
        assert code_of(lambda: WRITING[function](line, job_id, guest)) == "read_only"  # noqa: B023
    for share_id in shares:
        ends_now(line, share_id)
    for job_id in job_ids:
        guest = Holder.of([f"guest {job_id}"])
        assert code_of(lambda: WRITING[function](line, job_id, guest)) == "share_over"  # noqa: B023
        assert code_of(lambda: WRITING[function](line, job_id, Holder.of(["x"]))) == "job_not_found"  # noqa: B023
    assert line.everything() == before
    assert len(line.sql("select * from aisubs.job_shares order by 1")) == len(known)


def test_every_function_that_asks_who_is_there_is_tried(line: JobLine) -> None:
    """A new function with a `holder` belongs into the list above, or to those that read or are no matter of one job."""
    asking = {
        row["name"]
        for row in line.sql(
            "select proname as name from pg_proc "
            "where pronamespace = 'aisubs_api'::regnamespace and 'holder' = any (proargnames)"
        )
    }
    reading = {"get_job", "get_recording", "read_peaks", "list_jobs", "open_share", "offer_upload", "library_totals"}
    reading |= {"check_history", "held_among"}  # tests/attacks
    reading |= {"read_windows", "get_result", "newest_revision", "read_revision", "list_revisions", "read_turns"}
    reading |= {"list_translations", "read_translation"}  # test_translation.py
    reading |= {"search_texts", "index_texts"}  # only the holder's own: test_sql_search.py
    of_no_job = {"session_owner", "list_sessions", "end_session", "claim_jobs"}  # test_sql_sessions.py
    of_no_job |= {"create_webhook", "list_webhooks", "delete_webhook", "rotate_webhook", "test_webhook"}
    of_no_job |= {"list_deliveries"}  # test_http_webhooks.py
    of_no_job |= {"switch_voices", "list_voices", "forget_voices"}  # test_sql_voices.py
    of_no_job |= {"get_account", "create_key", "list_keys", "revoke_key", "key_owner"}  # test_sql_accounts.py
    of_no_job |= {"get_usage", "delete_owner", "get_deletion"}  # tests/attacks: test_quotas.py, test_deletion.py
    of_no_job |= {"admin_queue", "admin_usage", "admin_pause", "admin_limit"}  # test_rights_sql.py, test_http_admin.py
    of_no_job |= {"admin_raise", "admin_fail", "admin_retry", "admin_delete"}  # the same: a link makes nobody an admin
    assert asking - reading - of_no_job == set(WRITING)


# ── the end of a link ────────────────────────────────────────────────────────────────────────────────────────────────


def revoked(line: JobLine, job_id: str, share_id: str) -> None:
    line.jobs.revoke_share(job_id, HOLDER, share_id)


def expired(line: JobLine, job_id: str, share_id: str) -> None:
    ends_now(line, share_id)


def deleted(line: JobLine, job_id: str, share_id: str) -> None:
    line.jobs.delete_job(job_id, HOLDER)


def past_retention(line: JobLine, job_id: str, share_id: str) -> None:
    line.passes(job_id, "created_at", 7200)
    line.jobs.expire_jobs(1.0, 10)


@pytest.mark.parametrize("end", [revoked, expired, deleted, past_retention])
def test_a_link_that_is_over_opens_nothing(line: JobLine, end: Callable[[JobLine, str, str], None]) -> None:
    job_id = BEGINNINGS["completed"](line)
    share_id = share(line, job_id, include_media=True)
    topic = topic_of(line, share_id)
    assert line.jobs.open_share(GUEST)["job_id"] == job_id
    end(line, job_id, share_id)
    calls: list[Callable[[], object]] = [
        lambda: line.jobs.open_share(GUEST),
        lambda: line.jobs.get_job(job_id, GUEST),
        lambda: line.jobs.get_recording(job_id, GUEST),
        lambda: line.jobs.read_peaks(job_id, GUEST, 0, 5),
        lambda: line.jobs.cancel_job(job_id, GUEST, cancel_running=False),
    ]
    assert {code_of(call) for call in calls} == {"share_over"}
    with line.acting_as("anon", topic):
        assert line.sql("select * from realtime.messages") == []
    assert line.sql("select opened from aisubs.job_shares") == [{"opened": 1}]
    if end in (deleted, past_retention):
        line.jobs.forget_job(job_id)
        assert line.sql("select * from aisubs.job_shares") == []
        assert code_of(lambda: line.jobs.open_share(GUEST)) == "share_over"
        assert code_of(lambda: line.jobs.get_job(job_id, GUEST)) == "job_not_found"


def test_revoking_is_once_and_of_ones_own(line: JobLine) -> None:
    job, other = line.web(), line.web("other")
    share_id = share(line, job.job_id)
    for holder, job_id in ((Holder.of(["other"]), other.job_id), (HOLDER, job.job_id)):
        for unknown in (share_id if job_id == other.job_id else "x", "00000000-0000-4000-8000-000000000000"):
            assert code_of(lambda: line.jobs.revoke_share(job_id, holder, unknown)) == "not_found"  # noqa: B023
    line.jobs.revoke_share(job.job_id, HOLDER, share_id)
    [first] = line.jobs.list_shares(job.job_id, HOLDER)
    line.jobs.revoke_share(job.job_id, HOLDER, share_id)
    assert line.jobs.list_shares(job.job_id, HOLDER) == [first]
    assert first["revoked_at"] is not None


def test_a_link_ends_with_its_job_as_people_are_told(line: JobLine) -> None:
    job = line.web()
    assert job.expires_at
    share(line, job.job_id, "always", None)
    share(line, job.job_id, "a year", 365 * 86_400.0)
    share(line, job.job_id, "an hour", 3600.0)
    hour, year, always = line.jobs.list_shares(job.job_id, HOLDER)
    assert year["expires_at"] == always["expires_at"]
    assert datetime.fromisoformat(always["expires_at"]) == datetime.fromisoformat(job.expires_at)
    lasts = datetime.fromisoformat(hour["expires_at"]) - datetime.fromisoformat(hour["created_at"])
    assert lasts == timedelta(hours=1)


# ── making and opening ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lost_answer_makes_no_second_link(line: JobLine) -> None:
    job, other = line.web(), line.web()
    assert share(line, job.job_id) == share(line, job.job_id)
    assert len(line.jobs.list_shares(job.job_id, HOLDER)) == 1
    with pytest.raises(AisubsError):  # the same token for another job: no token is ever made twice
        share(line, other.job_id)


def test_fifty_links_live_at_once(line: JobLine) -> None:
    job = line.web()
    with ThreadPoolExecutor(16) as pool:
        tried = [pool.submit(share, line, job.job_id, f"guest {number}") for number in range(55)]
        faults = [attempt.exception() for attempt in tried]
    refused = [fault for fault in faults if fault is not None]
    assert [fault.code for fault in refused if isinstance(fault, AisubsError)] == ["too_many_shares"] * 5
    assert "50" in str(refused[0])
    shares = line.jobs.list_shares(job.job_id, HOLDER)
    assert len(shares) == 50
    line.jobs.revoke_share(job.job_id, HOLDER, shares[0]["share_id"])
    ends_now(line, shares[1]["share_id"])
    for number in range(2):
        share(line, job.job_id, f"new {number}")
    assert code_of(lambda: share(line, job.job_id, "one more")) == "too_many_shares"


def test_what_is_over_does_not_pile_up(line: JobLine) -> None:
    job = line.web()
    for number in range(120):
        line.jobs.revoke_share(job.job_id, HOLDER, share(line, job.job_id, f"guest {number}"))
    left = line.jobs.list_shares(job.job_id, HOLDER)
    assert len(left) == 50
    assert all(row["revoked_at"] for row in left)
    known = {row["token_hash"] for row in line.sql("select token_hash from aisubs.job_shares")}
    assert known == {hash_token(f"guest {number}") for number in range(70, 120)}


def test_openings_are_counted(line: JobLine) -> None:
    job = line.web()
    share(line, job.job_id)
    unopened = share(line, job.job_id, "second")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: line.jobs.open_share(GUEST), range(20)))
    line.jobs.get_job(job.job_id, GUEST)
    counts = {row["share_id"]: row["opened"] for row in line.jobs.list_shares(job.job_id, HOLDER)}
    assert counts.pop(unopened) == 0
    assert list(counts.values()) == [20]
    assert code_of(lambda: line.jobs.open_share(HOLDER)) == "share_over"  # an owner's token is no link


def test_only_hashes_are_kept(line: JobLine) -> None:
    job = line.web()
    share(line, job.job_id)
    stored = line.sql("select * from aisubs.job_shares")
    assert "guest" not in str(stored)
    assert stored[0]["token_hash"] == hash_token("guest")
    told = [
        line.jobs.list_shares(job.job_id, HOLDER),
        line.jobs.open_share(GUEST),
        line.jobs.get_job(job.job_id, GUEST),
    ]
    assert hash_token("guest") not in str(told)


# ── the recording ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_recording_is_played_only_where_the_link_says_so(line: JobLine) -> None:
    job = line.web()
    share(line, job.job_id)
    assert code_of(lambda: line.jobs.get_recording(job.job_id, GUEST)) == "recording_not_shared"
    share(line, job.job_id, "media", 600, include_media=True)
    shared, own = (line.jobs.get_recording(job.job_id, Holder.of([token])) for token in ("media", "token"))
    assert 0 < shared["link_ends_in_s"] <= 600
    assert shared | {"link_ends_in_s": None} == own
    assert own["generation"] == 1


# ── live updates ─────────────────────────────────────────────────────────────────────────────────────────────────────


def hints(line: JobLine, topic: str) -> list[dict[str, Any]]:
    stored = "select payload from realtime.messages where topic = %s order by inserted_at, payload -> 'version'"
    return [row["payload"] for row in line.sql(stored, topic)]


def test_guests_are_told_on_a_topic_of_their_own(line: JobLine) -> None:
    job = line.web()
    topics = [topic_of(line, share(line, job.job_id, token)) for token in ("guest", "second", "third")]
    gone = share(line, job.job_id, "fourth")
    ends_now(line, gone)
    line.save(line.claim(), 0, 0)
    told = hints(line, job.watch_topic or "")[-2:]
    assert [(hint["stage"], hint["progress"]) for hint in told] == [("fetching", 0), ("fetching", 33)]
    assert all(hints(line, topic) == told for topic in topics)
    assert hints(line, topic_of(line, gone)) == []


@pytest.mark.parametrize("role", BROWSERS)
def test_a_guest_may_watch_that_topic_only(line: JobLine, role: str) -> None:
    job = line.web()
    topic = topic_of(line, share(line, job.job_id))
    line.claim()
    for asked, heard in ((topic, [topic]), (topic[:-1], []), ("share:", [])):
        with line.acting_as(role, asked):
            seen = [row["topic"] for row in line.sql("select distinct topic from realtime.messages")]
        assert seen == heard


def test_the_last_hint_on_a_links_topic_is_that_it_was_revoked(line: JobLine) -> None:
    job = line.web()
    share_id = share(line, job.job_id)
    topic = topic_of(line, share_id)
    line.sql("listen aisubs_live")
    line.jobs.revoke_share(job.job_id, HOLDER, share_id)
    line.jobs.revoke_share(job.job_id, HOLDER, share_id)
    line.claim()
    notices = line.connection.notifies(timeout=5, stop_after=2)
    heard = [(sent["topic"], sent["payload"]["status"]) for sent in map(json.loads, (n.payload for n in notices))]
    assert heard == [(topic, "revoked"), (job.watch_topic, "processing")]
    [last] = hints(line, topic)
    assert last.keys() == {"job_id", "version", "status", "stage", "progress"}
    assert last["version"] == job.version


def test_guests_are_told_that_the_job_was_deleted(line: JobLine) -> None:
    job = line.finished()
    topic = topic_of(line, share(line, job.job_id))
    line.jobs.delete_job(job.job_id, HOLDER)
    assert [hint["status"] for hint in hints(line, topic)] == ["deleted"]
