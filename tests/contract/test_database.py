"""The database port: one suite over both plugs, on every version of Postgres, with real functions in a real schema."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from aisubs.adapters.database.postgres import PostgresDatabase
from aisubs.adapters.database.supabase import SupabaseDatabase
from aisubs.model.errors import AisubsError, LostLease, Refused
from aisubs.model.job import Options, Status
from aisubs.model.transcript import Damage, Segment, Window
from aisubs.pipeline.jobs import Holder, Jobs, hash_token
from aisubs.ports import Database
from tests.doubles.supabase_rpc import SupabaseRpc

Make = Callable[..., Database]
PLUGS = ("postgres", "supabase")
NOBODY = Holder().as_json()


@pytest.fixture(params=PLUGS)
def make(request: pytest.FixtureRequest, any_database_url: str) -> Iterator[Make]:
    """Makes the plug under test; its argument is how long a statement may take, in seconds."""
    made: list[Any] = []
    with SupabaseRpc(any_database_url) as endpoint:

        def make(statement_timeout_s: float = 15.0) -> Database:
            endpoint.statement_timeout_s = statement_timeout_s
            if request.param == "postgres":
                made.append(PostgresDatabase(any_database_url, statement_timeout_s=statement_timeout_s))
            else:
                made.append(SupabaseDatabase(endpoint.url, endpoint.keys.service))
            return made[-1]

        yield make
        for plug in made:
            plug.close()


@pytest.fixture
def plug(make: Make) -> Database:
    return make()


@pytest.fixture
def define(any_database_url: str) -> Callable[[str], None]:
    """Adds a function to the schema, callable like our own."""

    def define(statement: str) -> None:
        with psycopg.connect(any_database_url, autocommit=True) as admin:
            admin.execute(statement)
            admin.execute("grant execute on all functions in schema aisubs_api to service_role")

    return define


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

SHAPES = {
    "void": ("void language sql as ''", []),
    "no rows": ("table (a int, b text) language sql as 'select 1, null where false'", []),
    "rows": (
        "table (a int, b text) language sql as $$ values (1, 'x'), (2, null) $$",
        [{"a": 1, "b": "x"}, {"a": 2, "b": None}],
    ),
    "rows of one column": ("table (a int) language sql as 'values (1), (2)'", [{"a": 1}, {"a": 2}]),
    "one row by out arguments": ("record language sql as 'select 1, 2'", [{"a": 1, "b": 2}]),
    "a scalar": ("integer language sql as 'select 7'", [{"f": 7}]),
    "false": ("boolean language sql as 'select false'", [{"f": False}]),
    "null": ("text language sql as 'select null'", [{"f": None}]),
    "a text that looks like JSON": ("""text language sql as $$ select '{"a": 1}' $$""", [{"f": '{"a": 1}'}]),
    "an array": ("integer[] language sql as $$ select '{1,2}'::int[] $$", [{"f": 1}, {"f": 2}]),
    "arrays": ("setof integer[] language sql as $$ select '{1,2}'::int[] $$", [{"f": [1, 2]}]),
    "scalars": ("setof text language sql as $$ values ('a'), (null) $$", [{"f": "a"}, {"f": None}]),
    "an object": ("""jsonb language sql as $$ select '{"a": [1, {}]}'::jsonb $$""", [{"a": [1, {}]}]),
    "rows of a table": (
        "setof aisubs.schema_migrations language sql as "
        "$$ select 'n', 'c', timestamptz '2026-01-02 03:04:05.678+05' $$",
        [{"name": "n", "checksum": "c", "applied_at": "2026-01-01T22:04:05.678+00:00"}],
    ),
}  # fmt: skip


def test_every_shape_of_answer_becomes_rows(plug: Database, define: Callable[[str], None]) -> None:
    for n, (shape, (returns, rows)) in enumerate(SHAPES.items()):
        arguments = "out a int, out b int" if shape == "one row by out arguments" else ""
        define(f"create function aisubs_api.f{n}({arguments}) returns {returns}")
        # The value of a function without columns stands under the function's name.
        expected = [{f"f{n}" if name == "f" else name: value for name, value in row.items()} for row in rows]
        assert plug.call(f"f{n}") == expected, shape


ECHOED = {
    "text": [
        "",
        "plain",
        "ü 字幕 🎬 \u202eשלום\u202c",
        "'; drop table x; --",
        'quo"tes \\ and\nlines\ttabs',
        "%s %(x)s {}",
    ],
    "bigint": [0, -1, 2**53 + 1, 2**63 - 1, -(2**63)],
    "integer": [0, 2**31 - 1],
    "double precision": [0.1, 1e300, 3],
    "numeric": [1.5, 10**20],
    "boolean": [True, False],
    "uuid": ["6f1e9ad4-0e5a-4a52-9c9b-7d5b1c1a2f3e"],
    "jsonb": [{"a": [1, 2.5, None, {"b": "ü"}]}, [], [1, [2]], "text", 5, True],
    "text[]": [[], ["a", "b,c", '"d"', None]],
    "timestamptz": ["2026-11-20T10:00:00+00:00"],
}


def test_arguments_arrive_as_they_are(plug: Database, define: Callable[[str], None]) -> None:
    for n, (kind, values) in enumerate(ECHOED.items()):
        define(f"create function aisubs_api.f{n}(v {kind}) returns table (echo {kind}) language sql as 'select v'")
        echoes = [plug.call(f"f{n}", v=value) for value in [*values, None]]
        assert echoes == [[{"echo": value}] for value in [*values, None]]


def test_names_of_arguments_are_taken_literally(plug: Database, define: Callable[[str], None]) -> None:
    define("""create function aisubs_api.f("order" int, "Two Words" int default 5) returns int language sql
        as 'select $1 * 10 + $2'""")
    assert plug.call("f", order=1) == [{"f": 15}]
    assert plug.call("f", **{"order": 1, "Two Words": 2}) == [{"f": 12}]
    assert plug.call("f", **{"order": 1, "Two Words": None}) == [{"f": None}]


def test_megabytes_pass_both_ways(plug: Database, define: Callable[[str], None]) -> None:
    define("create function aisubs_api.f(given jsonb) returns table (echo jsonb) language sql as 'select given'")
    large = [{"text": "字幕" * 500, "n": n} for n in range(700)]
    assert plug.call("f", given=large) == [{"echo": large}]


# ── errors ───────────────────────────────────────────────────────────────────────────────────────────────────────────

RAISED = {
    "one of our codes": ("PT409", "lost_lease", "{}", "lost_lease"),
    "a code with details": ("PT429", "queue_full", '{"active": 3, "limit": 3, "retry_after_s": 17}', "queue_full"),
    "details for people": ("PT404", "job_not_found", "not JSON", "job_not_found"),
    "details that are no object": ("PT404", "job_not_found", "[1]", "job_not_found"),
    "a code we do not have": ("PT409", "surprise", "{}", "internal"),
    "an ordinary exception": ("P0001", "lost_lease", "{}", "internal"),
    "a deadlock": ("40P01", "deadlock detected", "", "database_unavailable"),
    "a full disk": ("53100", "could not extend file", "", "database_unavailable"),
    "a broken rule": ("23514", "check failed", "", "internal"),
}


def test_what_a_function_raises_is_our_error(plug: Database, define: Callable[[str], None]) -> None:
    define("""create function aisubs_api.f(state text, message text, detail text) returns void language plpgsql as $$
        begin raise exception using errcode = state, message = f.message, detail = f.detail; end $$""")
    for case, (state, message, detail, code) in RAISED.items():
        with pytest.raises(AisubsError) as raised:
            plug.call("f", state=state, message=message, detail=detail)
        assert raised.value.code == code, case
        assert raised.value.__cause__ is not None
        if case == "a code with details":
            assert raised.value.retry_after_s == 17
            assert str(raised.value).startswith("The system is busy: 3 of 3 jobs are in line.")


MISTAKES: list[tuple[str, dict[str, Any], str]] = [
    ("no_such_function", {}, "no_such_function"),
    ("heartbeat", {"job_id": str(uuid.uuid4())}, "heartbeat"),
    ("heartbeat", {"job_id": str(uuid.uuid4()), "fence": 1, "more": 1}, "more"),
    ("heartbeat", {"job_id": "no uuid", "fence": 1}, "no uuid"),
    ("heartbeat", {"job_id": str(uuid.uuid4()), "fence": 2**63}, "heartbeat"),
    ("get_job", {"job_id": object(), "holder": NOBODY}, "not JSON"),
    ("get_job", {"job_id": float("nan"), "holder": NOBODY}, "not JSON"),
    ("get_job; drop schema aisubs cascade", {}, "drop schema"),
    ("../get_job", {}, "get_job"),
    ("get_job?x=1#", {}, "get_job"),
]


def test_our_own_mistakes_are_internal(plug: Database) -> None:
    for function, arguments, named in MISTAKES:
        with pytest.raises(AisubsError) as raised:
            plug.call(function, **arguments)
        assert raised.value.code == "internal"
        assert named in raised.value.reason
        assert plug.call("startable", concurrency=3) == [{"startable": 0}]


def test_an_error_leaves_nothing_half_done(plug: Database, define: Callable[[str], None]) -> None:
    define("create table aisubs_api.t (x int); grant all on aisubs_api.t to service_role")
    define("""create function aisubs_api.f(fails boolean) returns table (count bigint) language plpgsql as $$ begin
        insert into aisubs_api.t values (1);
        if fails then raise exception using errcode = 'PT409', message = 'illegal_move'; end if;
        return query select count(*) from aisubs_api.t; end $$""")
    with pytest.raises(Refused, match="cannot do this"):
        plug.call("f", fails=True)
    assert plug.call("f", fails=False) == [{"count": 1}]


def test_a_statement_may_not_take_for_ever(make: Make, define: Callable[[str], None]) -> None:
    define("create function aisubs_api.f() returns void language sql as 'select pg_sleep(600)'")
    plug = make(statement_timeout_s=0.2)
    with pytest.raises(AisubsError) as raised:
        plug.call("f")
    assert raised.value.code == "database_unavailable"
    assert "57014" in raised.value.reason
    assert plug.call("startable", concurrency=3) == [{"startable": 0}]


# ── the job book ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_job_from_its_upload_to_its_transcript(plug: Database) -> None:
    jobs, job_id, token = Jobs(plug), str(uuid.uuid4()), "a token"
    holder = Holder.of([token])
    announced = jobs.offer_upload(
        job_id=job_id, token_hash=hash_token(token), holder=holder.as_json(), filename="Vorträge 🎬.mp4",
        file_size_bytes=2**40, content_type="video/mp4", bucket="b", object_name=f"uploads/{job_id}/source.mp4",
        options=Options(language="de", hotwords="Ångström").as_json(), video_hash=None, queue_capacity=3,
        upload_deadline_s=3600.0,
    )  # fmt: skip
    assert (announced.status, announced.filename, announced.file_size_bytes) == (
        Status.UPLOADING, "Vorträge 🎬.mp4", 2**40)  # fmt: skip
    landed = jobs.receive_upload(
        bucket="b", object_name=f"uploads/{job_id}/source.mp4", generation=1_700_000_000_000_001,
        file_size_bytes=2**40, content_type="video/mp4", crc32c="AAAAAA==", duration_ms=4_000, filename="ignored.mp4",
        source="bucket", token_hash=None, owner_id=None, options={},
    )  # fmt: skip
    assert landed is not None
    assert landed.status == Status.PENDING
    dispatch = jobs.begin_dispatch(3, 900.0)
    assert dispatch is not None
    claim = jobs.claim_job(job_id, dispatch["dispatch_id"], "execution/1")
    assert claim is not None
    assert (claim.generation, claim.options.hotwords) == (1_700_000_000_000_001, "Ångström")
    window = Window(seq=0, start_ms=0, end_ms=4_000, speech_ms=3_000, speech=((0, 3_000),),
                    segments=(Segment(start_ms=0, end_ms=3_000, text=" Größe „x“\n字幕"),),
                    damage=Damage(missing=((1, 2),), gaps=((5, 9),), cut=True, promised_ms=2**40))  # fmt: skip
    jobs.save_windows(job_id, claim.fence, [window], {"samples": 64_000}, language="de", remaining_ms=None)
    with pytest.raises(LostLease):
        jobs.heartbeat(job_id, claim.fence + 1)
    jobs.heartbeat(job_id, claim.fence)
    assert jobs.read_windows(job_id, holder, 0, 100) == [window]
    seen = jobs.get_job(job_id, holder)  # 100 % is only what is completed
    assert (seen.status, seen.windows, seen.progress) == (Status.PROCESSING, 1, 99)
    with pytest.raises(Refused) as raised:
        jobs.get_job(job_id, Holder.of(["another token"]))
    assert raised.value.code == "job_not_found"
    assert jobs.queue_state(3, 3)["active"] == 1


# ── the line to it ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_threads_share_a_plug(plug: Database, define: Callable[[str], None]) -> None:
    define("""create function aisubs_api.f(n int) returns table (echo int) language plpgsql as $$ begin
        perform pg_sleep(0.01); return query select n; end $$""")
    with ThreadPoolExecutor(24) as threads:
        answers = list(threads.map(lambda n: plug.call("f", n=n), range(200)))
    assert answers == [[{"echo": n}] for n in range(200)]


def test_a_rebuilt_schema_is_noticed(plug: Database, define: Callable[[str], None]) -> None:
    define("create function aisubs_api.f(n int) returns table (echo int) language sql as 'select n'")
    assert plug.call("f", n=1) == [{"echo": 1}]
    define("drop function aisubs_api.f; create function aisubs_api.f(n text, m int default 2) "
           "returns table (echo text, number int) language sql as 'select n, m'")  # fmt: skip
    assert plug.call("f", n="now text") == [{"echo": "now text", "number": 2}]
    assert plug.call("f", n="x", m=3) == [{"echo": "x", "number": 3}]


def test_ping_says_who_answers(plug: Database) -> None:
    assert "127.0.0.1" in plug.ping()
