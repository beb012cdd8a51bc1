"""The loopback Supabase itself: what goes over the wire is what PostgREST's documentation says."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest

from tests.doubles.supabase_rpc import SupabaseRpc

USER = "8c1f4f2e-5d2a-4f2d-9b0a-0d7a4f3f8f11"


@pytest.fixture
def endpoint(database_url: str) -> Iterator[SupabaseRpc]:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("""
            create table aisubs_api.t (x int unique);
            create function aisubs_api.writes() returns int language plpgsql as
                $$ begin insert into aisubs_api.t values (1); return 1; end $$;
            create function aisubs_api.claims_to_read() returns int language plpgsql stable as
                $$ begin perform aisubs_api.writes(); return 1; end $$;
            create function aisubs_api.who() returns table (role text, uid uuid) language sql stable as
                'select current_user::text, auth.uid()';
            create function aisubs_api.many() returns setof int language sql stable as
                'select generate_series(1, 2500)';
            create function aisubs_api.raises() returns void language plpgsql as
                $$ begin raise exception 'I refuse!' using detail = 'Pretty simple', hint = 'Give up.'; end $$;
            create function aisubs_api.pays() returns void language plpgsql as $$ begin
                raise sqlstate 'PT402' using message = 'Payment Required', detail = 'Quota exceeded'; end $$;
            create function aisubs_api.sleeps() returns void language sql as 'select pg_sleep(600)';
            grant usage on schema aisubs_api to anon, authenticated;
            grant all on aisubs_api.t to service_role;
            grant execute on all functions in schema aisubs_api to service_role;
            grant execute on function aisubs_api.who() to anon, authenticated;
            revoke execute on function aisubs_api.writes() from public;
        """)
    with SupabaseRpc(database_url, statement_timeout_s=0.3) as endpoint:
        yield endpoint


def post(
    endpoint: SupabaseRpc, function: str, *, key: str = "", token: str = "", profile: str = "aisubs_api", **sent: Any
) -> httpx.Response:
    key = key or endpoint.keys.service
    headers = {"apikey": key, "Authorization": f"Bearer {token or key}", "Content-Profile": profile}
    return httpx.post(f"{endpoint.url}/rest/v1/rpc/{function}", headers=headers, **(sent or {"json": {}}))


def test_answers(endpoint: SupabaseRpc) -> None:
    answer = post(endpoint, "startable", json={"concurrency": 3})
    assert (answer.status_code, answer.json()) == (200, [{"startable": 0}])
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert post(endpoint, "writes").json() == 1
    assert len(post(endpoint, "many").json()) == 1000  # max_rows of a Supabase project, silently
    void = post(endpoint, "record_mirror", json={"job_id": USER})
    assert (void.status_code, void.content) == (204, b"")


REFUSALS: dict[str, tuple[dict[str, Any], int, str, str]] = {
    "raises": ({}, 400, "P0001", "I refuse!"),
    "pays": ({}, 402, "PT402", "Payment Required"),
    "sleeps": ({}, 500, "57014", "canceling statement due to statement timeout"),
    "claims_to_read": ({}, 405, "25006", "cannot execute INSERT in a read-only transaction"),
    "heartbeat": ({"json": {"job_id": USER, "fence": 1}}, 409, "PT409", "lost_lease"),
    "startable": ({"json": {"concurrency": "many"}}, 400, "22P02", "invalid input syntax for type integer"),
    "nothing": ({}, 404, "PGRST202", "Could not find the function aisubs_api.nothing without parameters"),
    "who": ({"json": {"x": 1}}, 404, "PGRST202", "Could not find the function aisubs_api.who(x) in the schema cache"),
    "many": ({"content": b"{"}, 400, "PGRST102", "Empty or invalid json"),
    "pays?": ({"profile": "aisubs"}, 406, "PGRST106", "Invalid schema: aisubs"),
}


@pytest.mark.parametrize("function", REFUSALS)
def test_refusals(endpoint: SupabaseRpc, function: str) -> None:
    sent, status, code, message = REFUSALS[function]
    answer = post(endpoint, function, **sent)
    assert answer.status_code == status
    assert set(answer.json()) == {"code", "message", "details", "hint"}
    assert answer.json()["code"] == code
    assert answer.json()["message"].startswith(message)
    if function == "raises":
        assert (answer.json()["details"], answer.json()["hint"]) == ("Pretty simple", "Give up.")


def test_a_broken_rule_is_a_conflict_and_leaves_nothing(endpoint: SupabaseRpc, database_url: str) -> None:
    assert post(endpoint, "writes").status_code == 200
    assert (post(endpoint, "writes").status_code, post(endpoint, "writes").json()["code"]) == (409, "23505")
    with psycopg.connect(database_url) as onlooker:
        assert onlooker.execute("select count(*) from aisubs_api.t").fetchone() == (1,)


def test_whom_a_request_speaks_for(endpoint: SupabaseRpc) -> None:
    keys = endpoint.keys
    assert post(endpoint, "who").json() == [{"role": "service_role", "uid": None}]
    assert post(endpoint, "who", key=keys.anon).json() == [{"role": "anon", "uid": None}]
    token = keys.sign(sub=USER, role="authenticated", exp=time.time() + 60)
    assert post(endpoint, "who", key=keys.anon, token=token).json() == [{"role": "authenticated", "uid": USER}]
    forbidden = post(endpoint, "writes", key=keys.anon)
    assert (forbidden.status_code, forbidden.json()["code"]) == (401, "42501")
    forbidden = post(endpoint, "writes", key=keys.anon, token=token)
    assert (forbidden.status_code, forbidden.json()["code"]) == (403, "42501")
    expired = keys.sign(sub=USER, role="authenticated", exp=time.time() - 60)
    for bad, code in ((expired, "PGRST303"), (token[:-2] + "xx", "PGRST301"), ("nonsense", "PGRST301")):
        answer = post(endpoint, "who", key=keys.anon, token=bad)
        assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert post(endpoint, "who", key="wrong").json()["message"] == "Invalid API key"
    assert httpx.post(f"{endpoint.url}/rest/v1/rpc/who", json={}).status_code == 401
