"""What every plug of the identity port holds to: who is proved to be somebody, and which tokens prove nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from aisubs.adapters.identity.oidc import OidcClient, OidcIssuer
from aisubs.adapters.identity.supabase import SupabaseAuth
from aisubs.model.errors import AisubsError
from aisubs.ports import Identity, Person
from tests.doubles import oidc_issuer, supabase_auth
from tests.doubles.loopback import Loopback
from tests.doubles.sign_in_browser import NONCE, come_back
from tests.doubles.signing_keys import SigningKey, by_hand, new_key

PROVIDERS = ("oidc", "supabase")


@dataclass
class Case:
    """`clock` is what the plug takes for the time since it began, in seconds."""

    plug: Identity[Any, Any]
    double: Any
    server: Loopback
    keys_path: str
    clock: list[float] = field(default_factory=lambda: [1000.0])

    @property
    def key(self) -> SigningKey:
        return self.double.keys[-1]  # type: ignore[no-any-return]

    def claims(self, **changes: Any) -> dict[str, Any]:
        if isinstance(self.double, supabase_auth.SupabaseAuth):
            return self.double.claims(**changes)
        return self.double.claims(NONCE, **changes)  # type: ignore[no-any-return]

    def sign(self, **changes: Any) -> str:
        return self.key.sign(self.claims(**changes))

    def proof(self, token: str) -> Any:
        """What the browser brings for this access or ID token."""
        if isinstance(self.double, supabase_auth.SupabaseAuth):
            return token
        self.double.token = token
        return come_back(self.double)

    def present(self, token: str) -> Person:
        """Whom the plug takes for its bearer."""
        return self.plug.person_of(self.proof(token))

    def refused(self, token: str) -> str:
        with pytest.raises(AisubsError) as refusal:
            self.present(token)
        assert token[:20] not in refusal.value.reason, "a reason is for the log, and tokens are not"
        return refusal.value.code

    @property
    def fetched(self) -> int:
        return self.double.asked[self.keys_path]  # type: ignore[no-any-return]


@pytest.fixture(params=PROVIDERS)
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    clock = [1000.0]
    if request.param == "oidc":
        with oidc_issuer.OidcIssuer() as issuer:
            issuer.person["groups"] = []  # so that nothing is left to UserInfo
            client = OidcClient(issuer.url, oidc_issuer.CLIENT, None, "Ours", "openid", "groups")
            yield Case(OidcIssuer(client, lambda: clock[0]), issuer, issuer.server, "jwks", clock)
    else:
        with supabase_auth.SupabaseAuth() as auth:
            plug = SupabaseAuth(auth.url, "sb_publishable_x", ("password",), "groups", lambda: clock[0])
            yield Case(plug, auth, auth.server, supabase_auth.JWKS, clock)


def test_whoever_the_provider_vouches_for_is_known_by_iss_and_sub(case: Case) -> None:
    claims = case.claims()
    person = case.present(case.sign())
    assert (person.iss, person.sub) == (claims["iss"], claims["sub"])
    assert (person.name, person.email, person.groups) == ("Ada", "ada@example.org", frozenset())


def test_the_same_address_with_another_sub_is_somebody_else(case: Case) -> None:
    one, other = case.present(case.sign()), case.present(case.sign(sub="somebody-else"))
    assert one.email == other.email
    assert (one.iss, one.sub) != (other.iss, other.sub)


def test_groups_are_those_of_the_claim(case: Case) -> None:
    assert case.present(case.sign(groups=["staff", "house", 7])).groups == {"staff", "house"}
    assert case.present(case.sign(groups="staff")).groups == {"staff"}


def test_what_people_are_called_is_only_shown(case: Case) -> None:
    named = {"name": "A\x00d\u202ea\n" + "x" * 500, "email": 7}
    named |= {"user_metadata": {"full_name": named["name"]}}
    person = case.present(case.sign(**named))
    assert person.name is not None
    assert person.name.isprintable()
    assert len(person.name) == 200
    assert person.email is None


NOW: Callable[[], int] = lambda: int(time.time())  # noqa: E731

FORGED: dict[str, Callable[[Case], str]] = {
    "signed with the public key, as HS256": lambda c: by_hand(
        {"alg": "HS256", "kid": c.key.key_id}, c.claims(), c.key.public_pem()
    ),
    "signed with the JWK, as HS256": lambda c: by_hand(
        {"alg": "HS256", "kid": c.key.key_id}, c.claims(), json.dumps(c.key.jwk()).encode()
    ),
    "not signed": lambda c: by_hand({"alg": "none"}, c.claims(), None),
    "not signed, with a key": lambda c: by_hand({"alg": "none", "kid": c.key.key_id}, c.claims(), None),
    "an algorithm that the key is not of": lambda c: by_hand({"alg": "RS256", "kid": c.key.key_id}, c.claims(), b"x"),
    "another key of the same name": lambda c: new_key(c.key.key_id).sign(c.claims()),
    "its signature changed": lambda c: c.sign()[:-6] + ("AAAAAA" if not c.sign().endswith("AAAAAA") else "BBBBBB"),
    "its claims changed": lambda c: ".".join(
        [c.sign().split(".")[0], c.sign(sub="admin").split(".")[1], c.sign().split(".")[2]]
    ),
    "of another issuer": lambda c: c.sign(iss="https://evil.example/auth/v1"),
    "of an issuer with a slash more": lambda c: c.sign(iss=c.claims()["iss"] + "/"),
    "for another audience": lambda c: c.sign(aud="somebody-else"),
    "for no audience": lambda c: c.sign(aud=None),
    "over for longer than the leeway": lambda c: c.sign(exp=NOW() - 40),
    "without an end": lambda c: c.sign(exp=None),
    "not yet": lambda c: c.sign(nbf=NOW() + 60),
    "of tomorrow": lambda c: c.sign(iat=NOW() + 86_400),
    "of nobody": lambda c: c.sign(sub=None),
    "of an empty sub": lambda c: c.sign(sub=""),
    "of a sub that no database keeps": lambda c: c.sign(sub="a\x00b"),
    "of a sub without an end": lambda c: c.sign(sub="a" * 256),
    "a key id that is no text": lambda c: by_hand({"alg": "ES256", "kid": 7}, c.claims(), b"x"),
    "no token": lambda c: "a.b",
    "nothing": lambda c: "x",
}


@pytest.mark.parametrize("forgery", FORGED)
def test_what_proves_nothing(case: Case, forgery: str) -> None:
    assert case.refused(FORGED[forgery](case)) == "sign_in_refused"


def test_clocks_may_differ_by_half_a_minute(case: Case) -> None:
    assert case.present(case.sign(exp=NOW() - 10))
    assert case.present(case.sign(nbf=NOW() + 10, iat=NOW() + 10))


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_both_algorithms_are_taken(case: Case, algorithm: str) -> None:
    case.double.keys = [new_key("one", algorithm)]
    assert case.present(case.sign())


def test_keys_are_kept_and_fetched_again_when_they_are_old(case: Case) -> None:
    for _ in range(5):
        case.present(case.sign())
    assert case.fetched == 1
    case.clock[0] += 601
    case.present(case.sign())
    assert case.fetched == 2


def test_a_new_key_is_taken_up_and_an_old_one_given_up(case: Case) -> None:
    case.present(case.sign())
    old, case.double.keys = case.double.keys[0], [new_key("second")]
    case.clock[0] += 31
    assert case.present(case.sign())
    assert case.fetched == 2
    assert case.refused(old.sign(case.claims())) == "sign_in_refused"


def test_invented_keys_make_us_ask_once_in_half_a_minute(case: Case) -> None:
    case.present(case.sign())
    for minute in range(3):
        before = case.fetched
        for number in range(20):
            assert case.refused(new_key(f"invented {minute} {number}").sign(case.claims())) == "sign_in_refused"
            case.clock[0] += 1
        assert case.fetched - before <= 1
        case.clock[0] += 31
    assert case.present(case.sign())


def test_an_issuer_that_is_down_is_no_refusal(case: Case) -> None:
    proof = case.proof(case.sign())
    with case.server.down():
        with pytest.raises(AisubsError) as refusal:
            case.plug.person_of(proof)
        assert refusal.value.code == "identity_unavailable"
        assert case.plug.facts()
    assert case.refused(case.sign()) == "identity_unavailable", "it is not asked at every attempt"
    case.clock[0] += 6
    assert case.present(case.sign())
