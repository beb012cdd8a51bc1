"""Tokens of components: a JWT library that knows nothing of ours agrees, and no key is told."""

from __future__ import annotations

import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from aisubs.cli.command_line import main
from aisubs.model.component_token import COMPONENTS, claims_of, component_of, make_token
from tests.unit.test_settings import legacy_key

SECRET = "a secret of at least thirty-two characters"
PRIVATE = ec.generate_private_key(ec.SECP256R1())
EC_JWK = json.dumps({**json.loads(ECAlgorithm.to_jwk(PRIVATE)), "kid": "key-1"})


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_shared_secret_signs(component: str) -> None:
    claims = jwt.decode(make_token(SECRET, component, 60), SECRET, algorithms=["HS256"])
    assert claims["role"] == f"aisubs_{component}"
    assert 55 <= claims["exp"] - time.time() <= 60
    assert "credential" not in claims


def test_a_secret_as_a_jwk_is_the_same_secret() -> None:
    oct_jwk = json.dumps({"kty": "oct", "k": "YSBzZWNyZXQgb2YgYXQgbGVhc3QgdGhpcnR5LXR3byBjaGFyYWN0ZXJz", "kid": "old"})
    token = make_token(oct_jwk, "api", 60)
    assert jwt.decode(token, SECRET, algorithms=["HS256"])["role"] == "aisubs_api"
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", "kid": "old"}


def test_an_imported_private_key_signs_for_one_execution() -> None:
    token = make_token(EC_JWK, "worker", 3600, credential="11111111-2222-3333-4444-555555555555")
    claims = jwt.decode(token, PRIVATE.public_key(), algorithms=["ES256"])
    assert claims["credential"] == "11111111-2222-3333-4444-555555555555"
    assert jwt.get_unverified_header(token)["kid"] == "key-1"
    assert claims_of(token) == claims


@pytest.mark.parametrize(
    "key",
    ['{"kty": "RSA", "n": "SEKRIT"}', '{"kty": "EC", "crv": "P-256", "x": "SEKRIT"}', "{SEKRIT", '{"kty": "oct"}', " "],
)
def test_what_cannot_sign_is_told_without_being_repeated(key: str) -> None:
    with pytest.raises(ValueError) as caught:
        make_token(key, "api", 60)
    assert "SEKRIT" not in repr(caught.value)


def test_supabase_s_own_keys_speak_for_no_component() -> None:
    for key in (
        "sb_secret_abc",
        "sb_publishable_abc",
        legacy_key("service_role"),
        legacy_key("aisubs_somebody"),
        "a.b.c",
    ):
        assert component_of(key) is None
    assert component_of(make_token(SECRET, "ingest", 60)) == "ingest"


def test_the_command_prints_a_token_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(SECRET + "\n"))
    assert main(["token", "worker", "--days", "2"]) == 0
    claims = jwt.decode(capsys.readouterr().out, SECRET, algorithms=["HS256"])
    assert claims["credential"], "one machine touches the jobs that it has claimed"
    assert claims["exp"] - claims["iat"] == 2 * 86_400
    monkeypatch.setattr("sys.stdin", io.StringIO("{SEKRIT"))
    assert main(["token", "api"]) == 2
    assert "SEKRIT" not in "".join(capsys.readouterr())
