"""Who may do what in the database: the service role all that the job book needs, browsers nothing."""

from __future__ import annotations

from inspect import getmembers, isfunction, signature
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from aisubs.model.errors import ERRORS
from aisubs.pipeline.jobs import Jobs
from tests.pipeline.beginnings import HOLDER
from tests.pipeline.job_line import BROWSERS, USUAL, JobLine

MACHINE = {"token_hashes": [], "owner_id": "machine"}

METHODS = {name: method for name, method in getmembers(Jobs, isfunction) if not name.startswith("_")}


def functions(line: JobLine, schema: str) -> list[dict[str, Any]]:
    return line.sql(
        "select p.oid::regprocedure::text as call, p.proname as name, p.proargnames[1:p.pronargs] as arguments, "
        "p.provolatile = 'v' as volatile, p.prosecdef as definer, p.proconfig as settings "
        "from pg_proc p where p.pronamespace = to_regnamespace(%s) order by 1",
        schema,
    )


def test_the_job_book_is_the_api(line: JobLine) -> None:
    """One method for each function and the other way round, no overloads, and Python's arguments are among SQL's."""
    found = functions(line, "aisubs_api")
    assert sorted(function["name"] for function in found) == sorted(METHODS)
    renamed = {"limit": "max_rows"}
    for function in found:
        expected = [name for name in signature(METHODS[function["name"]]).parameters if name != "self"]
        named = {renamed.get(name, name) for name in expected} - {
            "announcement",
            "landed",
            "refused",
            "result",
            "retry",
            "limits",
            "lease",
            "revision",
            "last_words",
            "peaks",
            "claim",
        }
        assert named <= set(function["arguments"] or []), function["name"]


def test_what_changes_nothing_may_run_in_a_read_only_transaction(line: JobLine) -> None:
    """PostgREST opens one for every function that is not volatile; and a volatile one that only reads is a mistake."""
    reading = {"get_job", "list_jobs", "read_windows", "get_result", "queue_state", "startable", "unknown_objects"}
    reading |= {"list_processing", "list_unmirrored", "newest_revision", "read_revision", "list_revisions"}
    reading |= {"get_own_job", "get_recording", "read_peaks", "list_shares", "estimate", "read_written"}
    reading |= {
        "list_webhooks",
        "list_deliveries",
        "house_windows",
        "house_result",
        "house_text",
        "find_upload",
        "find_announced",
        "check_history",
        "held_among",
        "spending",
    }
    reading |= {"list_sessions", "library_totals", "search_texts", "list_corrected_files"}
    reading |= {"get_account", "list_keys", "list_voices", "list_suggestions", "read_known_voices"}
    reading |= {"read_speaker_chunks", "read_turns", "house_turns", "written_of", "get_deletion", "get_usage"}
    reading |= {"admin_queue", "admin_usage", "paused_since", "list_translations", "read_translation"}
    reading |= {"list_video_copies", "schema_release"}
    assert {function["name"] for function in functions(line, "aisubs_api") if not function["volatile"]} == reading
    gone = line.failed()
    line.jobs.delete_job(gone.job_id, HOLDER)
    done = line.finished().job_id
    line.jobs.request_translation(
        done, HOLDER, "de", source_language="en", source_revision=0, glossary=(), shifts=(), sentences=(), at_most=9
    )
    job = line.web()
    calls: dict[str, dict[str, Any]] = {
        "list_translations": {"job_id": done, "holder": HOLDER.as_json()},
        "read_translation": {"job_id": done, "holder": HOLDER.as_json(), "language": "de"},
        "list_video_copies": {"job_id": done, "holder": HOLDER.as_json()},
        "get_job": {"job_id": job.job_id, "holder": HOLDER.as_json()},
        "list_jobs": {"holder": HOLDER.as_json(), "page": 1, "per_page": 5, "filters": {}},
        "search_texts": {
            "holder": HOLDER.as_json(),
            "terms": ["a b"],
            "prefix": True,
            "within": None,
            "page": 1,
            "per_page": 5,
            "hits_per_job": 5,
        },
        "library_totals": {"holder": HOLDER.as_json()},
        "read_windows": {"job_id": job.job_id, "holder": HOLDER.as_json(), "since_seq": 0, "max_rows": 5},
        "get_result": {"job_id": job.job_id, "holder": HOLDER.as_json()},
        "list_webhooks": {"holder": HOLDER.as_json()},
        "list_voices": {"holder": HOLDER.as_json()},
        "list_suggestions": {"job_id": job.job_id, "holder": HOLDER.as_json()},
        "read_known_voices": {"job_id": job.job_id, "holder": HOLDER.as_json()},
        "list_deliveries": {"holder": HOLDER.as_json(), "webhook_id": "x"},
        "house_windows": {"job_id": job.job_id, "since_seq": 0, "max_rows": 5},
        "house_result": {"job_id": job.job_id},
        "house_text": {"job_id": job.job_id},
        "read_speaker_chunks": {"job_id": job.job_id, "holder": HOLDER.as_json(), "since_seq": 0, "max_rows": 5},
        "read_turns": {"job_id": job.job_id, "holder": HOLDER.as_json()},
        "house_turns": {"job_id": job.job_id},
        "queue_state": {"concurrency": 3, "queue_capacity": 3},
        "startable": {"concurrency": 3},
        "unknown_objects": {"bucket": "b", "objects": [{"name": "x", "generation": 1}]},
        "list_processing": {"silent_for_s": 1.5, "batch": 5},
        "spending": {},
        "schema_release": {},
        "list_unmirrored": {"batch": 5},
        "check_history": {"job_id": job.job_id, "holder": HOLDER.as_json()},
        "held_among": {"job_ids": [job.job_id, "x"], "holder": HOLDER.as_json()},
        "find_upload": {"job_id": job.job_id, "holder": HOLDER.as_json()},
        "find_announced": {"bucket": "b", "object_name": "uploads/x/source.mp4", "generation": 1},
        "read_written": {"name": "talk.mp4.srt"},
        "get_usage": {"holder": HOLDER.as_json(), "address": None, **dict.fromkeys(USUAL, 9)},
        "admin_queue": {"holder": MACHINE},
        "admin_usage": {"holder": MACHINE},
        "paused_since": {},
        "written_of": {"job_id": job.job_id},
        "get_deletion": {"job_id": gone.job_id, "holder": HOLDER.as_json()},
        "list_corrected_files": {"batch": 5, "quiet_s": 30.0},
        "newest_revision": {"job_id": job.job_id, "holder": HOLDER.as_json()},
        "read_revision": {"job_id": job.job_id, "holder": HOLDER.as_json(), "revision": None},
        "list_revisions": {"job_id": job.job_id, "holder": HOLDER.as_json()},
        "get_own_job": {"job_id": job.job_id, "holder": HOLDER.as_json()},
        "get_recording": {"job_id": job.job_id, "holder": HOLDER.as_json()},
        "read_peaks": {"job_id": job.job_id, "holder": HOLDER.as_json(), "since_seq": 0, "max_rows": 5},
        "list_shares": {"job_id": job.job_id, "holder": HOLDER.as_json()},
        "list_sessions": {"holder": HOLDER.as_json()},
        "get_account": {"holder": HOLDER.as_json()},
        "list_keys": {"holder": HOLDER.as_json()},
        "estimate": {"durations_ms": [1000], "model": "toy", "concurrency": 3},
    }
    assert set(calls) == reading
    line.sql(f"alter database {line.connection.info.dbname} set default_transaction_read_only = on")
    with JobLine(line.url) as reader:
        for name, arguments in calls.items():
            reader.database.call(name, **arguments)


@pytest.mark.parametrize("role", [*BROWSERS, "public"])
def test_browsers_can_do_nothing(line: JobLine, role: str) -> None:
    schemas = ("aisubs", "aisubs_core", "aisubs_api")
    if role == "public":  # a role that has only what everybody has
        role = f"visitor_{uuid4().hex}"
        line.sql(f"create role {role} nologin")
    try:
        for schema in schemas:
            assert line.sql("select has_schema_privilege(%s, %s, 'usage, create') as may", role, schema) == [
                {"may": False}
            ]
        tables = line.sql(
            "select c.oid::regclass::text as name from pg_class c where c.relnamespace = any (%s::regnamespace[]) "
            "and c.relkind in ('r', 'v') and has_table_privilege(%s, c.oid, 'select, insert, update, delete')",
            list(schemas), role,
        )  # fmt: skip
        assert tables == []
        callable_ = line.sql(
            "select p.oid::regprocedure::text as call from pg_proc p where p.pronamespace = any (%s::regnamespace[]) "
            "and has_function_privilege(%s, p.oid, 'execute')",
            list(schemas), role,
        )  # fmt: skip
        # Callable, but not by name: its schema is closed. The policy on realtime.messages needs it.
        assert callable_ == ([{"call": "aisubs_core.can_watch(text)"}] if role in BROWSERS else [])
    finally:
        if role not in BROWSERS:
            line.sql(f"drop role {role}")


@pytest.mark.parametrize("role", BROWSERS)
def test_a_browser_that_tries_is_turned_away(line: JobLine, role: str) -> None:
    topic = line.web().watch_topic
    attempts = [
        "select * from aisubs.transcription_jobs",
        "select * from aisubs.transcript_windows",
        "select * from aisubs_core.waiting_line()",
        "select * from aisubs_api.begin_dispatch(3, 1)",
        f"select aisubs_core.can_watch('{topic}')",
        f"insert into realtime.messages (topic, extension, payload) values ('{topic}', 'broadcast', '{{}}')",
    ]
    for attempt in attempts:
        with line.acting_as(role), pytest.raises(psycopg.errors.InsufficientPrivilege):
            line.sql(attempt)


def test_the_service_role_can_live_a_whole_job(line: JobLine) -> None:
    """With grants and policies alone: the role owns nothing and does not bypass row security off Supabase."""
    line.sql(f"alter database {line.connection.info.dbname} set role service_role")
    with JobLine(line.url) as service:
        assert service.sql("select current_user::text as me") == [{"me": "service_role"}]
        mine = service.finished()
        assert service.offer("other", holder=HOLDER.as_json(), video_hash="5" * 64).cached
        service.jobs.delete_job(mine.job_id, HOLDER)
        said = "select payload from realtime.messages where topic = %s order by payload -> 'version'"
        assert line.sql(said, mine.watch_topic)[-1]["payload"]["status"] == "deleted"
        service.jobs.forget_job(mine.job_id)
        assert service.jobs.get_deletion(mine.job_id, HOLDER)["finished_at"]
        service.jobs.expire_jobs(1.0, 10)
        service.jobs.queue_state(3, 3)
    assert line.sql(said, mine.watch_topic) == []


def test_every_table_has_row_security_and_what_borrows_rights_looks_nowhere_else(line: JobLine) -> None:
    open_tables = line.sql(
        "select relname from pg_class "
        "where relnamespace = 'aisubs'::regnamespace and relkind = 'r' and not relrowsecurity"
    )
    assert [row["relname"] for row in open_tables] == ["schema_migrations"]
    borrowing = [f for schema in ("aisubs_core", "aisubs_api") for f in functions(line, schema) if f["definer"]]
    inner = ["announce", "announce_revoked", "can_watch"]
    assert sorted(f["name"] for f in borrowing) == sorted([*METHODS, *inner])
    assert all(f["settings"] == ['search_path=""'] for f in borrowing)


def test_the_errors_of_the_sql_are_those_of_the_table(line: JobLine) -> None:
    rows = line.sql("select * from aisubs_core.errors()")
    for row in rows:
        known = ERRORS[row["code"]]
        assert (row["http_status"], row["retryable"], row["sentence"]) == (
            known.http_status, known.retryable, known.sentence
        )  # fmt: skip
        with pytest.raises(psycopg.DatabaseError) as caught:
            line.sql("select aisubs_core.refuse(%s, '{\"a\": 1}')", row["code"])
        diagnosis = caught.value.diag
        assert (caught.value.sqlstate, diagnosis.message_primary, diagnosis.message_detail) == (
            f"PT{known.http_status}", row["code"], '{"a": 1}'
        )  # fmt: skip
