"""The plug for Supabase Auth: access tokens of people, and of nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from aisubs.adapters.identity.supabase import SupabaseAuth
from aisubs.model.errors import AisubsError
from tests.doubles import supabase_auth
from tests.doubles.signing_keys import by_hand


@pytest.fixture
def auth() -> Iterator[supabase_auth.SupabaseAuth]:
    with supabase_auth.SupabaseAuth() as auth:
        yield auth


def plug(auth: supabase_auth.SupabaseAuth) -> SupabaseAuth:
    return SupabaseAuth(f"{auth.url}/", "sb_publishable_x", ("password", "github"), "groups")


def test_the_page_is_told_the_project(auth: supabase_auth.SupabaseAuth) -> None:
    facts = plug(auth).facts()
    assert (facts.url, facts.key, facts.providers) == (auth.url, "sb_publishable_x", ("password", "github"))
    assert auth.asked == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"role": "service_role"},
        {"role": "anon"},
        {"role": None},
        {"role": "aisubs_worker"},
        {"is_anonymous": True},
        {"aud": "anon"},
    ],
    ids=str,
)
def test_tokens_of_no_person(auth: supabase_auth.SupabaseAuth, changes: dict[str, Any]) -> None:
    with pytest.raises(AisubsError) as refusal:
        plug(auth).person_of(auth.access_token(**changes))
    assert refusal.value.code == "sign_in_refused"


def test_a_legacy_key_of_the_service_is_no_person(auth: supabase_auth.SupabaseAuth) -> None:
    """As older projects have them: HS256, and without a `sub`."""

    key = by_hand(
        {"alg": "HS256", "typ": "JWT"}, {"iss": "supabase", "role": "service_role", "exp": 2_000_000_000}, b"k"
    )
    with pytest.raises(AisubsError) as refusal:
        plug(auth).person_of(key)
    assert refusal.value.code == "sign_in_refused"
    assert auth.asked == {}, "nobody is asked for a key of an algorithm that is not taken"


def test_groups_are_what_the_project_says_and_not_what_people_write_of_themselves(
    auth: supabase_auth.SupabaseAuth,
) -> None:
    by_themselves = {"user_metadata": {"groups": ["admins"], "full_name": "Eve"}}
    assert plug(auth).person_of(auth.access_token(**by_themselves)).groups == set()
    by_project = {"app_metadata": {"provider": "github", "groups": ["staff"]}}
    assert plug(auth).person_of(auth.access_token(**by_themselves, **by_project)).groups == {"staff"}


@pytest.mark.parametrize("field", ["full_name", "name", "user_name", "preferred_username"])
def test_what_google_github_and_twitch_call_people(auth: supabase_auth.SupabaseAuth, field: str) -> None:
    assert plug(auth).person_of(auth.access_token(user_metadata={field: "Ada"})).name == "Ada"
