"""The plug for any OpenID Connect issuer: by discovery alone, below a path, with a code that is good once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from aisubs.adapters.identity.oidc import OidcClient, OidcIssuer
from aisubs.model.errors import AisubsError
from tests.doubles import oidc_issuer
from tests.doubles.oidc_issuer import CLIENT
from tests.doubles.sign_in_browser import come_back, go


@pytest.fixture
def issuer() -> Iterator[oidc_issuer.OidcIssuer]:
    with oidc_issuer.OidcIssuer() as issuer:
        yield issuer


def plug(of: oidc_issuer.OidcIssuer, **changes: Any) -> OidcIssuer:
    client = OidcClient(of.url, CLIENT, of.client_secret, "Ours", "openid profile email", "groups")
    return OidcIssuer(replace(client, **changes))


def refused(of: OidcIssuer, proof: Any) -> str:
    with pytest.raises(AisubsError) as refusal:
        of.person_of(proof)
    return refusal.value.code


def test_the_page_is_told_where_to_go(issuer: oidc_issuer.OidcIssuer) -> None:
    facts = plug(issuer).facts()
    assert facts.authorization_endpoint == issuer.discovery()["authorization_endpoint"]
    assert facts.end_session_endpoint == issuer.discovery()["end_session_endpoint"]
    assert (facts.name, facts.client_id, facts.scope) == ("Ours", CLIENT, "openid profile email")


def test_an_issuer_that_is_down_is_told_as_that_and_not_asked_for_every_page(issuer: oidc_issuer.OidcIssuer) -> None:
    down = plug(issuer)
    with issuer.server.down():
        assert down.facts().authorization_endpoint is None
    assert down.facts().authorization_endpoint is None
    assert issuer.asked == {}


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_slash_at_the_end_of_the_issuer_is_not_ones_own_to_know(issuer: oidc_issuer.OidcIssuer, slash: str) -> None:
    person = plug(issuer, issuer=issuer.url.rstrip("/") + slash).person_of(come_back(issuer))
    assert person.iss == issuer.url


@pytest.mark.parametrize("methods", [("client_secret_basic",), ("client_secret_post",)])
def test_a_client_with_a_secret_shows_it_as_the_issuer_wants(methods: tuple[str, ...]) -> None:
    with oidc_issuer.OidcIssuer(client_secret="s3cret:/+ü", methods=methods) as issuer:
        assert plug(issuer).person_of(come_back(issuer)).sub == "u-1"
        assert refused(plug(issuer, client_secret="wrong"), come_back(issuer)) == "sign_in_refused"
        assert refused(plug(issuer, client_secret=None), come_back(issuer)) == "sign_in_refused"


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "invented"},
        {"code_verifier": "w" * 43},
        {"redirect_uri": "http://127.0.0.1:8000/elsewhere"},
        {"nonce": "another-nonce-123"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_code_is_for_whoever_asked_for_it(issuer: oidc_issuer.OidcIssuer, wrong: dict[str, str]) -> None:
    assert refused(plug(issuer), come_back(issuer, **wrong)) == "sign_in_refused"


def test_a_code_is_good_once(issuer: oidc_issuer.OidcIssuer) -> None:
    ours, proof = plug(issuer), come_back(issuer)
    assert ours.person_of(proof).sub == "u-1"
    assert refused(ours, proof) == "sign_in_refused"


def test_a_code_for_another_client_is_none_for_us(issuer: oidc_issuer.OidcIssuer) -> None:
    assert refused(plug(issuer, client_id="other"), come_back(issuer)) == "sign_in_refused"


def test_without_a_challenge_there_is_no_code(issuer: oidc_issuer.OidcIssuer) -> None:
    assert go(issuer, code_challenge_method="plain")["error"] == "invalid_request"


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": None},
        {"nonce": "x" * 32},
        {"aud": [CLIENT, "another"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"azp": "another"},
    ],
    ids=str,
)
def test_an_id_token_for_another_sign_in_or_client(issuer: oidc_issuer.OidcIssuer, changes: dict[str, Any]) -> None:
    issuer.changes = changes
    assert refused(plug(issuer), come_back(issuer)) == "sign_in_refused"


def test_several_audiences_are_fine_for_the_party_that_is_named(issuer: oidc_issuer.OidcIssuer) -> None:
    issuer.changes = {"aud": [CLIENT, "another"], "azp": CLIENT}
    assert plug(issuer).person_of(come_back(issuer)).sub == "u-1"


def test_what_the_id_token_leaves_out_is_asked_for(issuer: oidc_issuer.OidcIssuer) -> None:
    issuer.person |= {"groups": ["staff"]}
    issuer.besides = ("name", "email", "groups")
    person = plug(issuer).person_of(come_back(issuer))
    assert (person.name, person.email, person.groups) == ("Ada", "ada@example.org", {"staff"})
    assert issuer.asked["userinfo"] == 1


def test_what_is_told_of_somebody_else_counts_for_nothing(issuer: oidc_issuer.OidcIssuer) -> None:
    """A UserInfo answer with another `sub` must not be used (OpenID Connect Core, 5.3.4)."""
    issuer.changes = {"sub": "u-2", "name": None}
    assert refused(plug(issuer), come_back(issuer)) == "identity_unavailable"


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example/"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
    ],
    ids=str,
)
def test_a_document_that_leads_elsewhere(issuer: oidc_issuer.OidcIssuer, document: dict[str, Any]) -> None:
    issuer.document = document
    assert plug(issuer).facts().authorization_endpoint is None
    assert refused(plug(issuer), come_back(issuer)) == "identity_unavailable"


def test_an_end_that_leads_elsewhere_is_not_offered(issuer: oidc_issuer.OidcIssuer) -> None:
    issuer.document = {"end_session_endpoint": "javascript:alert(1)"}
    assert plug(issuer).facts().end_session_endpoint is None


def test_discovery_is_asked_once_by_all_threads_together(issuer: oidc_issuer.OidcIssuer) -> None:
    ours = plug(issuer)
    with ThreadPoolExecutor(8) as threads:
        people = list(threads.map(ours.person_of, [come_back(issuer) for _ in range(8)]))
    assert {person.sub for person in people} == {"u-1"}
    assert (issuer.asked[".well-known/openid-configuration"], issuer.asked["jwks"]) == (1, 1)
