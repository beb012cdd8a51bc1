"""The role of each component: it may call what the component calls, and the database refuses everything else.

That the functions suffice is shown by tests/rehearsal, where every component runs under its own role.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.pipeline.job_line import JobLine

COMPONENTS = ("worker", "dispatch", "ingest", "maintenance", "api")
SCHEMAS = ("aisubs", "aisubs_core", "aisubs_api")


@contextmanager
def token(line: JobLine, role: str, **claims: Any) -> Iterator[None]:
    """As PostgREST does it for somebody with a token, in one transaction that stays."""
    with line.connection.transaction():
        line.sql("select set_config('request.jwt.claims', %s, true)", json.dumps({"role": role, **claims}))
        line.sql(f"set local role {role}")
        yield


def may_call(line: JobLine, role: str) -> set[str]:
    found = line.sql(
        "select p.proname as name from pg_proc p where p.pronamespace = any (%s::regnamespace[]) "
        "and has_function_privilege(%s, p.oid, 'execute')",
        list(SCHEMAS), role,
    )  # fmt: skip
    return {row["name"] for row in found}


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_has_its_functions_and_no_table(line: JobLine, component: str) -> None:
    role = f"aisubs_{component}"
    (listed,) = line.sql("select functions from aisubs_core.rights() where role = %s", role)
    assert may_call(line, role) == set(listed["functions"])
    tables = line.sql(
        "select c.oid::regclass::text as name from pg_class c where c.relnamespace = any (%s::regnamespace[]) "
        "and c.relkind in ('r', 'v', 'S') and has_table_privilege(%s, c.oid, 'select, insert, update, delete')",
        list(SCHEMAS), role,
    )  # fmt: skip
    assert tables == []
    assert line.sql(
        "select rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolinherit from pg_roles where rolname = %s", role
    ) == [dict.fromkeys(("rolcanlogin", "rolsuper", "rolbypassrls", "rolcreaterole", "rolinherit"), False)]


def test_nobody_has_what_only_the_local_edition_calls(line: JobLine) -> None:
    given = {name for row in line.sql("select functions from aisubs_core.rights()") for name in row["functions"]}
    there = line.sql("select proname as name from pg_proc where pronamespace = 'aisubs_api'::regnamespace")
    assert {row["name"] for row in there} - given == {
        "cancel_dropped", "list_corrected_files", "record_command_file", "request_video_copy", "list_video_copies",
        "delete_video_copy", "claim_video_copy", "renew_video_copy", "end_video_copy",
    }  # fmt: skip


FORBIDDEN = {
    "worker": ["begin_dispatch(3, 1)", "expire_jobs(0.0, 10)", "list_sessions('{}')", "recover_stale(1, 0, 0, 0)",
        "read_revision('x', '{}', null)", "get_job('x', '{}')", "list_jobs('{}', 1, 5, '{}')"],
    "dispatch": ["claim_next_job(9, 'me')", "read_windows('x', '{}', 0, 5)", "get_job('x', '{}')"],
    "ingest": ["claim_next_job(9, 'me')", "begin_dispatch(3, 1)", "get_result('x', '{}')"],
    "maintenance": ["claim_next_job(9, 'me')", "begin_dispatch(3, 1)", "get_job('x', '{}')", "list_sessions('{}')"],
    "api": ["claim_next_job(9, 'me')", "begin_dispatch(3, 1)", "expire_jobs(0.0, 10)", "list_processing(0, 9)"],
}  # fmt: skip


@pytest.mark.parametrize("component", COMPONENTS)
def test_what_a_component_has_no_business_with_is_refused(line: JobLine, component: str) -> None:
    attempts = [f"select * from aisubs_api.{call}" for call in FORBIDDEN[component]]
    attempts += [
        "select * from aisubs.transcription_jobs",
        "update aisubs.transcription_jobs set owner_id = 'me'",
        "select * from aisubs.owner_sessions",
        "delete from aisubs.limits",
        "select * from aisubs_core.take_next(3, 1)",
        "create table aisubs_api.mine (x int)",
    ]
    for attempt in attempts:
        with line.acting_as(f"aisubs_{component}"), pytest.raises(psycopg.errors.InsufficientPrivilege):
            line.sql(attempt)


# ── one execution's token ────────────────────────────────────────────────────────────────────────────────────────────


def dispatched(line: JobLine) -> dict[str, Any]:
    (row,) = line.sql("select * from aisubs_api.begin_dispatch(1000, 60)")
    return row


def claim(line: JobLine, credential: str, job: dict[str, Any]) -> list[dict[str, Any]]:
    with token(line, "aisubs_worker", credential=credential):
        return line.sql("select * from aisubs_api.claim_job(%s, %s, 'it')", job["job_id"], job["dispatch_id"])


def test_a_token_claims_the_dispatch_that_it_was_made_for_and_what_comes_next(line: JobLine) -> None:
    line.drop()
    line.drop()
    first = dispatched(line)
    assert claim(line, str(uuid4()), first) == []
    assert len(claim(line, str(first["dispatch_id"]), first)) == 1
    with token(line, "aisubs_worker", credential=str(first["dispatch_id"])):
        (following,) = line.sql("select * from aisubs_api.claim_next_job(1000, 'it')")
        line.sql("select aisubs_api.heartbeat(%s, %s)", following["job_id"], following["fence"])
    assert line.row(str(following["job_id"]))["credential"] == first["dispatch_id"]


def whose(held: dict[str, Any]) -> tuple[Any, Any]:
    return held["job_id"], held["fence"]


@pytest.mark.parametrize("credential", ["another", None])
def test_another_token_touches_and_reads_nothing_of_it(line: JobLine, credential: str | None) -> None:
    """Also one of the worker's role that names no execution at all."""
    line.drop()
    job = dispatched(line)
    (held,) = claim(line, str(job["dispatch_id"]), job)
    with token(line, "aisubs_worker", credential=str(job["dispatch_id"])):
        line.sql(
            "select aisubs_api.save_windows(%s, %s, %s, '{}', 'en', 0)",
            held["job_id"], held["fence"],
            json.dumps([{"seq": 0, "start_ms": 0, "end_ms": 20000, "speech_ms": 1, "segments": [{"text": "secret"}]}]),
        )  # fmt: skip
        assert len(line.sql("select * from aisubs_api.read_claimed_windows(%s, %s, 0, 5)", *whose(held))) == 1
        assert len(line.sql("select * from aisubs_api.house_windows(%s, 0, 5)", held["job_id"])) == 1
    claims = {"credential": str(uuid4())} if credential else {}
    with token(line, "aisubs_worker", **claims):
        assert line.sql("select * from aisubs_api.house_windows(%s, 0, 5)", held["job_id"]) == []
    reading = "read_claimed_windows(%s, %s, 0, 5)"
    for write in (
        reading,
        "heartbeat(%s, %s)",
        "discard_windows(%s, %s)",
        "release_job(%s, %s)",
        "set_stage(%s, %s, 'x', 1)",
    ):
        with pytest.raises(psycopg.DatabaseError, match="lost_lease"), token(line, "aisubs_worker", **claims):
            line.sql(f"select * from aisubs_api.{write}", held["job_id"], held["fence"])


def test_results_and_messages_of_others_are_not_shown_to_a_token(line: JobLine) -> None:
    """Neither to mirror nor to send: the sweep does what is left."""
    other = line.drop()
    line.jobs.fail_job(other.job_id, line.claim().fence, "damaged", "No.", retryable=False)
    mine = line.drop()
    job = dispatched(line)
    (held,) = claim(line, str(job["dispatch_id"]), job)
    with token(line, "aisubs_worker", credential=str(job["dispatch_id"])):
        line.sql("select * from aisubs_api.fail_job(%s, %s, 'damaged', 'No.', false)", held["job_id"], held["fence"])
        shown = line.sql("select job_id from aisubs_api.list_unmirrored(9)")
        assert [str(row["job_id"]) for row in shown] == [mine.job_id]
        line.sql("select aisubs_api.record_mirror(%s)", other.job_id)
    assert line.row(other.job_id)["mirrored_at"] is None
    assert {str(row["job_id"]) for row in line.sql("select job_id from aisubs_api.list_unmirrored(9)")} == {
        mine.job_id, other.job_id
    }  # fmt: skip


def test_the_service_role_and_the_local_edition_go_on_without_a_token(line: JobLine) -> None:
    line.drop()
    held = line.claim()
    line.jobs.heartbeat(held.job_id, held.fence)
    assert line.row(held.job_id)["credential"] is None
