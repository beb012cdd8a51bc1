"""Signing in to an account, by Supabase Auth and by an OIDC issuer, and what an account is and is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aisubs.local.tokens import SIGN_IN, own_token
from aisubs.model.errors import AisubsError
from aisubs.settings import Settings
from aisubs.wiring_identity import make_sign_in
from tests.doors.account_door import AccountDoor, header, open_account_door
from tests.doors.http_door import Door, fault_of, open_door
from tests.doubles.oidc_issuer import CLIENT, OidcIssuer
from tests.doubles.sign_in_browser import come_back


@pytest.fixture
def people(database_url: str, tmp_path: Path) -> Iterator[AccountDoor]:
    with open_account_door(database_url, tmp_path) as people:
        yield people


def by_code(door: Door, issuer: OidcIssuer, **changes: str) -> Any:
    proof = come_back(issuer, **changes)
    parts = ("code", "code_verifier", "nonce", "redirect_uri")
    return door.http.post("/api/sign-in/oidc", json={name: getattr(proof, name) for name in parts} | {"device": "Fox"})


def submit(door: Door, headers: dict[str, str]) -> Any:
    return door.http.post("/api/jobs/submit", json={"filename": "a.wav", "file_size_bytes": 5}, headers=headers)


def listed(door: Door, headers: dict[str, str]) -> set[str]:
    return {job["job_id"] for job in door.http.get("/api/jobs", headers=headers).json()["jobs"]}


def test_an_account_has_its_own_jobs_on_every_device(people: AccountDoor) -> None:
    laptop, other = people.sign_in("ada", "Laptop"), people.sign_in("eve")
    job_id = submit(people.door, laptop).json()["job_id"]
    phone = people.sign_in("ada", "Phone")
    assert listed(people.door, laptop) == listed(people.door, phone) == {job_id}
    assert listed(people.door, other) == set()
    shown = people.account(phone)
    assert shown | {"account_id": "", "created_at": ""} == {
        "owner": "account",
        "account_id": "",
        "name": "Ada",
        "email": "ada@example.org",
        "admin": False,
        "created_at": "",
        "sessions": 2,
    }
    sessions = people.door.http.get("/api/sign-in", headers=phone).json()["sessions"]
    assert [(row["device"], row["current"]) for row in sessions] == [("Phone", True), ("Laptop", False)]


def test_the_same_address_at_another_sub_is_another_account(people: AccountDoor) -> None:
    one, other = people.account(people.sign_in("ada")), people.account(people.sign_in("impostor"))
    assert one["email"] == other["email"]
    assert one["account_id"] != other["account_id"]


def test_signing_out_everywhere_leaves_others_alone(people: AccountDoor) -> None:
    laptop, phone, other = people.sign_in("ada"), people.sign_in("ada"), people.sign_in("eve")
    assert people.door.http.delete("/api/sign-in", params={"all": "true"}, headers=laptop).status_code == 204
    for over in (laptop, phone):
        assert fault_of(people.door.http.get("/api/account", headers=over)) == (401, "signed_out")
    assert people.account(other)["sessions"] == 1


def test_an_account_is_signed_out_when_its_time_is_over_however_much_it_is_used(people: AccountDoor) -> None:
    session, sql = people.sign_in("ada"), people.door.workshop.sql
    (row,) = sql("select extract(epoch from expires_at - now())::float8 as left_s from aisubs.owner_sessions")
    assert 720 * 3600 - 600 < row["left_s"] <= 720 * 3600
    sql("update aisubs.owner_sessions set last_used_at = now() - interval '2 hours', expires_at = now() + '1 minute'")
    assert people.account(session)["sessions"] == 1
    (row,) = sql("select expires_at <= now() + interval '1 minute' as same from aisubs.owner_sessions")
    assert row["same"]
    sql("update aisubs.owner_sessions set expires_at = now()")
    assert fault_of(people.door.http.get("/api/account", headers=session)) == (401, "signed_out")


@pytest.mark.parametrize(
    ("claims", "admin"),
    [
        ({"app_metadata": {"groups": ["staff"]}}, False),
        ({"app_metadata": {"groups": ["chiefs"]}}, True),
        ({"sub": "admin"}, True),
    ],
    ids=str,
)
def test_groups_let_in_and_make_administrators(
    database_url: str, tmp_path: Path, claims: dict[str, Any], admin: bool
) -> None:
    with open_account_door(database_url, tmp_path, allowed_groups="staff", admin_groups="chiefs") as people:
        assert people.account(people.sign_in(**({"sub": "ada"} | claims)))["admin"] is admin


def test_who_is_in_no_group_stays_out_and_who_left_it_goes(database_url: str, tmp_path: Path) -> None:
    with open_account_door(database_url, tmp_path, allowed_groups="staff") as people:
        staff = {"app_metadata": {"groups": ["staff"]}}
        session = people.sign_in("ada", **staff)
        key = people.key(session, "read")
        for claims in ({}, {"app_metadata": {"groups": ["guests"]}}, {"user_metadata": {"groups": ["staff"]}}):
            body = {"access_token": people.auth.access_token(sub="ada", **claims)}
            refusal = people.door.http.post("/api/sign-in/supabase", json=body)
            assert fault_of(refusal) == (403, "not_allowed")
        assert fault_of(people.door.http.get("/api/account", headers=session)) == (401, "signed_out")
        assert fault_of(people.door.http.get("/api/jobs", headers=key)) == (401, "key_refused")
        assert people.account(people.sign_in("ada", **staff))["sessions"] == 1


def test_a_token_that_is_refused_makes_no_account(people: AccountDoor) -> None:
    for token in (people.auth.access_token(role="service_role"), people.auth.access_token(exp=1), "x.y.z"):
        answer = people.door.http.post("/api/sign-in/supabase", json={"access_token": token})
        assert fault_of(answer) == (403, "sign_in_refused")
    assert people.door.workshop.sql("select * from aisubs.accounts") == []


def test_an_access_token_of_the_provider_opens_nothing_by_itself(people: AccountDoor) -> None:
    people.sign_in("ada")
    shown = header(people.auth.access_token(sub="ada"))
    assert fault_of(people.door.http.get("/api/account", headers=shown)) == (401, "unauthorized")


def test_an_account_goes_with_everything_of_its_own(people: AccountDoor) -> None:
    door, ada, eve = people.door, people.sign_in("ada"), people.sign_in("eve")
    job_id, kept = submit(door, ada).json()["job_id"], submit(door, eve).json()["job_id"]
    account_id, key = people.account(ada)["account_id"], people.key(ada, "read", "write")
    goodbye = {"delete": "everything of mine"}
    for headers, code in (({}, "unauthorized"), (header("lib_" + "a" * 26), "unauthorized"), (key, "key_scope")):
        refusal = door.http.request("DELETE", "/api/account", json=goodbye, headers=headers)
        assert fault_of(refusal)[1] == code
    for body in ({}, {"delete": "everything"}):
        refusal = door.http.request("DELETE", "/api/account", json=body, headers=ada)
        assert fault_of(refusal) == (422, "bad_request")
    told = door.http.request("DELETE", "/api/account", json=goodbye, headers=ada)
    assert told.status_code == 200, told.text
    (deletion,) = told.json()["deletions"]
    assert (deletion["job_id"], deletion["deleted_by"]) == (job_id, "account")
    assert deletion["finished_at"]
    assert fault_of(door.http.get("/api/account", headers=ada)) == (401, "signed_out")
    assert fault_of(door.http.get("/api/jobs", headers=key)) == (401, "key_refused")
    names = door.workshop.sql("select tablename from pg_tables where schemaname = 'aisubs'")
    for name in (row["tablename"] for row in names):
        rows = door.workshop.sql(f"select to_jsonb(t)::text as row from aisubs.{name} t")
        assert not [row for row in rows if account_id in row["row"]], name
    assert listed(door, eve) == {kept}
    assert people.account(people.sign_in("ada"))["account_id"] != account_id


@pytest.mark.parametrize("secret", [None, "s3cret"])
def test_signing_in_by_an_issuer(database_url: str, tmp_path: Path, secret: str | None) -> None:
    with OidcIssuer(client_secret=secret) as issuer:
        settings = {"oidc_issuer": issuer.url, "oidc_client_id": CLIENT, "oidc_client_secret": secret}
        with open_door(database_url, tmp_path, **settings, oidc_name="Ours") as door:
            offered = door.http.get("/api/config").json()["sign_in"]
            assert offered["oidc"]["authorization_endpoint"] == issuer.discovery()["authorization_endpoint"]
            assert (offered["oidc"]["name"], offered["link"], offered["supabase"]) == ("Ours", False, None)
            made = by_code(door, issuer)
            assert made.status_code == 201, made.text
            session = header(made.json()["token"])
            assert door.http.get("/api/account", headers=session).json()["name"] == "Ada"
            for wrong in ({"code_verifier": "w" * 43}, {"nonce": "x" * 32}, {"code": "invented"}):
                assert fault_of(by_code(door, issuer, **wrong)) == (403, "sign_in_refused")
            with issuer.server.down():
                body = {"code": "x", "code_verifier": "v" * 43, "nonce": "n" * 32, "redirect_uri": "http://x"}
                answer = door.http.post("/api/sign-in/oidc", json=body)
            assert fault_of(answer) == (503, "identity_unavailable")
            assert answer.headers["retry-after"]


def test_a_page_is_served_while_the_issuer_is_down(database_url: str, tmp_path: Path) -> None:
    with OidcIssuer() as issuer:
        settings = {"oidc_issuer": issuer.url, "oidc_client_id": CLIENT}
        with open_door(database_url, tmp_path, **settings) as door, issuer.server.down():
            answer = door.http.get("/api/config")
            assert answer.json()["sign_in"]["oidc"]["authorization_endpoint"] is None
            assert answer.headers["cache-control"] == "no-store"


def test_no_way_in_is_there_that_nobody_has_set_up(database_url: str, tmp_path: Path) -> None:
    with open_door(database_url, tmp_path) as door:
        offered = door.http.get("/api/config").json()["sign_in"]
        assert offered == {"link": False, "anonymous": True, "oidc": None, "supabase": None}
        code = {"code": "x", "code_verifier": "v" * 43, "nonce": "n" * 32, "redirect_uri": "http://x"}
        for path, body in (("oidc", code), ("supabase", {"access_token": "a.b.c"})):
            assert fault_of(door.http.post(f"/api/sign-in/{path}", json=body)) == (404, "sign_in_unavailable")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("oidc", {"code": "x"}),
        ("oidc", {"code": "x y", "code_verifier": "v" * 43, "nonce": "n" * 32, "redirect_uri": "http://x"}),
        ("oidc", {"code": "x", "code_verifier": "v" * 42, "nonce": "n" * 32, "redirect_uri": "http://x"}),
        ("oidc", {"code": "x", "code_verifier": "v" * 43, "nonce": "short", "redirect_uri": "http://x"}),
        ("supabase", {"access_token": "a.b.ü"}),
        ("supabase", {"access_token": "a" * 9000}),
        ("supabase", {"access_token": "a.b.c", "device": "x\x00"}),
    ],
    ids=str,
)
def test_what_is_no_sign_in(people: AccountDoor, path: str, body: dict[str, Any]) -> None:
    assert fault_of(people.door.http.post(f"/api/sign-in/{path}", json=body)) == (422, "bad_request")


@pytest.mark.parametrize("anonymous", ["auto", "no"])
def test_strangers_send_nothing_to_the_cloud_and_what_they_had_goes_on(
    database_url: str, tmp_path: Path, anonymous: str
) -> None:
    with open_account_door(database_url, tmp_path, anonymous="yes") as people:
        before = submit(people.door, {}).json()
    with open_account_door(database_url, tmp_path, anonymous=anonymous) as people:
        door, library = people.door, header("lib_" + "a" * 26)
        assert door.http.get("/api/config").json()["sign_in"]["anonymous"] is False
        for stranger in ({}, library, header("nobody"), header(before["access_token"])):
            assert fault_of(submit(door, stranger)) == (401, "sign_in_required")
        hook = {"url": "https://example.org/"}
        assert fault_of(door.http.post("/api/webhooks", json=hook, headers=library)) == (401, "sign_in_required")
        voices = door.http.put("/api/voices", json={"enabled": True}, headers=library)
        assert fault_of(voices) == (401, "sign_in_required")
        assert submit(door, people.sign_in("ada")).status_code == 201
        path, held = f"/api/jobs/{before['job_id']}", header(before["access_token"])
        assert door.http.get(path, headers=held).status_code == 200
        assert door.http.post(f"{path}/share", json={}, headers=held).status_code == 201


@pytest.mark.parametrize("anonymous", ["auto", "yes"])
def test_strangers_are_welcome_on_one_machine(database_url: str, tmp_path: Path, anonymous: str) -> None:
    with open_door(database_url, tmp_path, edition="local", anonymous=anonymous) as door:
        assert submit(door, {}).status_code == 201


def test_an_account_is_not_the_machine(database_url: str, tmp_path: Path) -> None:
    """Neither its link nor its jobs are shown to who has signed in otherwise."""
    with open_account_door(database_url, tmp_path, edition="local") as people:
        door, ada = people.door, people.sign_in("ada")
        key = own_token(door.workshop.folder, SIGN_IN)
        machine = header(door.http.post("/api/sign-in", json={"key": key}).json()["token"])
        job_id = submit(door, machine).json()["job_id"]
        assert fault_of(door.http.get("/api/sign-in/link", headers=ada)) == (404, "sign_in_unavailable")
        assert fault_of(door.http.get(f"/api/jobs/{job_id}", headers=ada)) == (404, "job_not_found")
        assert door.http.delete("/api/sign-in", params={"all": "true"}, headers=ada).status_code == 204
        assert own_token(door.workshop.folder, SIGN_IN) == key
        shown = people.account(machine)
        assert (shown["owner"], shown["account_id"], shown["admin"], shown["sessions"]) == ("machine", None, True, 1)


def test_without_local_sign_in_the_link_and_its_sessions_are_over(database_url: str, tmp_path: Path) -> None:
    with open_door(database_url, tmp_path, edition="local") as door:
        key = own_token(door.workshop.folder, SIGN_IN)
        machine = header(door.http.post("/api/sign-in", json={"key": key}).json()["token"])
    with open_account_door(database_url, tmp_path, edition="local", local_sign_in=False) as people:
        assert people.door.http.get("/api/config").json()["sign_in"]["link"] is False
        assert fault_of(people.door.http.post("/api/sign-in", json={"key": key})) == (404, "sign_in_unavailable")
        assert fault_of(people.door.http.get("/api/account", headers=machine)) == (401, "signed_out")


@pytest.mark.parametrize(
    "settings",
    [
        {"oidc_issuer": "https://id.example"},
        {"supabase_sign_in": "password"},
        {"supabase_sign_in": "password", "supabase_url": "https://x.supabase.co"},
    ],
    ids=str,
)
def test_a_way_in_that_is_half_set_up_stops_the_start(people: AccountDoor, settings: dict[str, Any]) -> None:
    with pytest.raises(AisubsError, match="does not answer"):
        make_sign_in(Settings(**settings), people.door.app.jobs)


@pytest.mark.parametrize(
    "settings",
    [
        {"oidc_issuer": "http://id.example"},
        {"oidc_issuer": "id.example"},
        {"oidc_issuer": "https://id.example/?x=1"},
        {"supabase_sign_in": "password,facebook"},
        {"session_hours": 0},
    ],
    ids=str,
)
def test_settings_that_make_no_sense(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Settings(**settings)
