"""Accounts and keys against every endpoint and every function: what is an account's own is nobody else's, not even an
administrator's; a key opens what its scopes say, and what is for people alone, none does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from aisubs.http.scopes import scope_of
from aisubs.pipeline.jobs import Holder, hash_token
from tests.attacks import test_rights_http, test_rights_sql
from tests.attacks.test_rights_http import BASED, JOB, LISTS
from tests.attacks.test_rights_sql import ALLOWED, DENIALS
from tests.doors.account_door import AccountDoor, header, open_account_door
from tests.doors.text_door import edit
from tests.pipeline.job_line import JobLine
from tests.scripted_engine import ScriptedEngine
from tests.speech import SAMPLE_VIDEO

READS_BY_POST = {("POST", f"{JOB}/media"), ("POST", "/api/jobs/list"), ("POST", "/api/jobs/download")}
OTHERS = ("other account", "admin account", "key of the other")
OVER = {"expired session": "signed_out", "expired key": "key_refused", "revoked key": "key_refused"}
KEYS = {
    "key to read": {"read"},
    "key to write": {"write"},
    "key to administer": {"admin"},
    "key to both": {"read", "write"},
}
TURNED_AWAY = {"key_scope", "unauthorized", "signed_out", "key_refused"}

OF_A_PERSON: dict[tuple[str, str], Any] = {
    ("GET", "/api/account"): None,
    ("GET", "/api/keys"): None,
    ("POST", "/api/keys"): {"name": "x", "scopes": ["read"]},
    ("DELETE", f"/api/keys/{uuid4()}"): None,
    ("GET", "/api/sign-in"): None,
    ("DELETE", f"/api/sign-in/{uuid4()}"): None,
    ("DELETE", "/api/sign-in"): None,
}
"""For whoever is signed in, and for no key."""


@dataclass
class Scene:
    people: AccountDoor
    job_id: str
    headers: dict[str, dict[str, str]]

    def ask(self, method: str, path: str, caller: str, body: Any = None) -> tuple[int, str]:
        headers = self.headers[caller] | ({"If-Match": '"1"'} if path.endswith(BASED) else {})
        path = path.format(job_id=self.job_id, word="word")
        answer = self.people.door.http.request(method, path, headers=headers, json=body)
        is_fault = answer.is_error and answer.content and answer.headers["content-type"] == "application/json"
        return answer.status_code, answer.json()["error"]["code"] if is_fault else ""

    def all_that_is_known(self) -> list[Any]:
        tables = ("transcription_jobs", "job_shares", "transcript_edits", "push_subscriptions")
        sql = "select to_jsonb(t) - 'last_seen' - 'opened' from aisubs.{} t order by 1"
        return [self.people.door.workshop.sql(sql.format(name)) for name in tables]


@pytest.fixture
def scene(database_url: str, tmp_path: Path) -> Iterator[Scene]:
    with open_account_door(database_url, tmp_path) as people:
        door, ada, admin = people.door, people.sign_in("ada"), people.sign_in("admin")
        data = SAMPLE_VIDEO.read_bytes()
        said = {"filename": "talk.mp4", "file_size_bytes": len(data), "content_type": "video/mp4"}
        offer = door.http.post("/api/jobs/submit", json=said, headers=ada).json()
        door.tokens[offer["job_id"]] = offer["access_token"]
        door.http.put(offer["upload"]["url"], content=data)
        door.workshop.work(ScriptedEngine())
        assert edit(door, offer["job_id"], 0, {"op": "name", "speaker": "S1", "name": "A"}) == 1
        eve, over = people.sign_in("eve"), people.sign_in("ada")
        headers = {"account": ada, "other account": eve, "admin account": admin, "expired session": over}
        headers |= {name: people.key(ada, *scopes) for name, scopes in KEYS.items() if scopes != {"admin"}}
        headers["key to administer"] = people.key(admin, "admin")
        headers["key of the other"] = people.key(eve, "read", "write")
        headers |= {name: people.key(ada, "read", "write") for name in ("expired key", "revoked key")}
        door.workshop.sql("update aisubs.owner_sessions set expires_at = now() where token_hash = %s", hash_of(over))
        door.workshop.sql(
            "update aisubs.api_keys set expires_at = now() where token_hash = %s", hash_of(headers["expired key"])
        )
        door.workshop.sql("delete from aisubs.api_keys where token_hash = %s", hash_of(headers["revoked key"]))
        yield Scene(people, offer["job_id"], headers)


def hash_of(header: dict[str, str]) -> str:
    return hash_token(header["Authorization"].removeprefix("Bearer "))


def expected(caller: str, method: str, path: str) -> str:
    """What a caller is told of the account's job."""
    if caller == "account":
        return ALLOWED
    if caller in OVER:
        return OVER[caller]
    if caller in OTHERS:
        return "job_not_found"
    reads = method in ("GET", "HEAD") or (method, path.partition("?")[0]) in READS_BY_POST
    return ALLOWED if ("read" if reads else "write") in KEYS[caller] else "key_scope"


def test_a_job_of_an_account_is_for_whom_the_matrix_says(scene: Scene) -> None:
    for (method, path), (_, body) in test_rights_http.OF_A_JOB.items():
        before = scene.all_that_is_known()
        callers = sorted(scene.headers, key=lambda name: expected(name, method, path) == ALLOWED)
        for caller in callers:
            wanted = expected(caller, method, path)
            if wanted == ALLOWED and method == "DELETE" and path == JOB and caller != "key to both":
                continue  # it can be deleted once
            status, code = scene.ask(method, path, caller, body)
            if wanted == ALLOWED:
                assert code not in DENIALS | TURNED_AWAY, (method, path, caller, code)
                assert status != 422, (method, path, caller)
                continue
            assert code == wanted or (method == "HEAD" and status >= 400), (method, path, caller, status, code)
            assert scene.all_that_is_known() == before, (method, path, caller)
    assert scene.ask("GET", JOB, "account") == (404, "job_not_found")


def test_lists_hold_what_is_ones_own(scene: Scene) -> None:
    http = scene.people.door.http
    paths: dict[tuple[str, str], Any] = dict(LISTS)
    paths["POST", "/api/jobs/download"] = {"job_ids": [scene.job_id], "format": "srt"}
    for (method, path), body in paths.items():
        for caller, headers in scene.headers.items():
            answer = http.request(method, path.format(word="a"), headers=headers, json=body)
            wanted = expected(caller, method, path)
            if wanted in ("key_scope", *OVER.values()):
                assert answer.json()["error"]["code"] == wanted, (path, caller)
            elif wanted != ALLOWED:
                assert scene.job_id not in answer.text, (path, caller)
                assert not answer.content.startswith(b"PK"), (path, caller)
            else:
                assert answer.is_success, (path, caller, answer.text)


def test_sign_in_keys_and_the_account_are_for_people(scene: Scene) -> None:
    strangers = {"none": {}, "stranger": {"Authorization": "Bearer nobody"}}
    strangers["library"] = {"Authorization": "Bearer lib_" + "a" * 26}
    strangers["holder of a job"] = {"Authorization": f"Bearer {scene.people.door.tokens[scene.job_id]}"}
    scene.headers |= strangers
    for (method, path), body in OF_A_PERSON.items():
        for caller in scene.headers:
            status, code = scene.ask(method, path, caller, body)
            if caller in strangers:
                assert (status, code) == (401, "unauthorized"), (method, path, caller)
            elif caller in OVER:
                assert (status, code) == (401, OVER[caller]), (method, path, caller)
            elif caller.startswith("key"):
                assert (status, code) == (403, "key_scope"), (method, path, caller)
            else:
                assert status < 300, (method, path, caller, code)


def test_administration_is_for_administrators_and_keys_made_for_it(scene: Scene) -> None:
    for caller in scene.headers:
        wanted = {"admin account": "", "key to administer": ""} | OVER
        usual = "key_scope" if caller.startswith("key") else "not_admin"
        for path in ("/api/admin/queue", "/api/admin/usage"):
            assert scene.ask("GET", path, caller)[1] == wanted.get(caller, usual), (path, caller)


def test_what_no_area_of_keys_names_is_closed_to_them(scene: Scene) -> None:
    """So is whatever is built next: the table of scopes opens, and nothing else does."""
    for path in ("/api/new", "/api/jobsy", "/api/accounts", "/api/account", "/api/keys/x", "/api/sign-in/link", "/"):
        assert scope_of("GET", path) is None, path
    assert scope_of("GET", "/api/admin/queue") == scope_of("PUT", "/api/admin/paused") == "admin"


def test_a_key_beside_the_token_of_a_job_does_not_widen_it(scene: Scene) -> None:
    token = scene.people.door.tokens[scene.job_id]
    both = f"{scene.headers['key to read']['Authorization'].removeprefix('Bearer ')}, Bearer {token}"
    answer = scene.people.door.http.patch(f"/api/jobs/{scene.job_id}", json={"title": "x"}, headers=header(both))
    assert answer.json()["error"]["code"] == "key_scope"


def test_a_large_correction_by_a_key_that_reads_is_refused_before_it_is_read(scene: Scene) -> None:
    operations = [{"op": "name", "speaker": "S1", "name": "x" * 90}] * 400
    headers = scene.headers["key to read"] | {"If-Match": '"1"'}
    path = f"/api/jobs/{scene.job_id}/revisions"
    answer = scene.people.door.http.post(path, json={"operations": operations}, headers=headers)
    assert answer.json()["error"]["code"] == "key_scope"


def test_nobody_makes_a_key_that_opens_more_than_they_may(scene: Scene) -> None:
    asked = {"name": "x", "scopes": ["read", "admin"]}
    assert scene.ask("POST", "/api/keys", "account", asked) == (403, "not_admin")
    assert scene.ask("POST", "/api/keys", "admin account", asked)[0] == 201


# ── the database ─────────────────────────────────────────────────────────────────────────────────────────────────────


def owner(line: JobLine, sub: str, *, admin: bool = False) -> str:
    line.jobs.sign_in_account("https://id.example", sub, None, None, admin, hash_token(sub), "", 60.0)
    (row,) = line.sql("select account_id from aisubs.accounts where sub = %s", sub)
    return f"account:{row['account_id']}"


def test_every_function_of_a_job_asks_whose_account_it_is(line: JobLine) -> None:
    ada, eve, chief = owner(line, "ada"), owner(line, "eve"), owner(line, "chief", admin=True)
    mine = Holder((), ada)
    job_id = line.finished("a token", holder=mine.as_json()).job_id
    saved = {"based_on": 0, "document": {"paragraphs": []}, "undo": [{}], "changes": 1, "restored_from": None}
    line.jobs.save_revision(job_id, mine, **saved, kept_revisions=9, kept_bytes=999)
    others = (Holder((), eve), Holder((), chief), Holder((), eve, ("read", "write")), Holder((), chief, ("admin",)))
    scene = test_rights_sql.Scene(line, job_id, {})
    for row, (_, more) in test_rights_sql.OF_A_JOB.items():
        function = row.split()[0]
        if function == "open_share":
            continue  # by the token of a link, whoever else one is
        before = line.everything()
        for other in (*others, Holder((), "account:"), Holder((), f"account:{uuid4()}")):
            arguments = {"job_id": job_id, "holder": other.as_json()} | more
            assert test_rights_sql.told(scene, function, arguments) == "job_not_found", (row, other)
            assert line.everything() == before, (row, other)
        if function not in ("delete_job", "get_deletion"):
            outcome = test_rights_sql.told(scene, function, {"job_id": job_id, "holder": mine.as_json()} | more)
            assert outcome not in DENIALS, (row, outcome)


def test_who_is_an_administrator(line: JobLine) -> None:
    chief, ada = owner(line, "chief", admin=True), owner(line, "ada")
    cases: dict[tuple[str | None, tuple[str, ...] | None], bool] = {
        ("machine", None): True,
        ("machine", ("admin",)): True,
        ("machine", ("read", "write")): False,
        (chief, None): True,
        (chief, ("admin",)): True,
        (chief, ("read", "write")): False,
        (ada, None): False,
        (ada, ("admin",)): False,
        ("account:", None): False,
        (f"account:{uuid4()}", None): False,
        ("library:machine", None): False,
        (None, None): False,
    }
    for (owner_id, scopes), admin in cases.items():
        (row,) = line.sql(
            "select aisubs_core.is_admin(%s::jsonb) as admin", json.dumps(Holder((), owner_id, scopes).as_json())
        )
        assert row["admin"] is admin, (owner_id, scopes)
