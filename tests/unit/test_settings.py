"""Settings that could do harm if they were taken as they come."""

from __future__ import annotations

import base64
import json

import pytest
from pydantic import ValidationError

from aisubs.settings import Settings


def legacy_key(role: str) -> str:
    """A key as Supabase made them before `sb_...`: a JWT that says whose it is."""
    parts = ({"alg": "HS256", "typ": "JWT"}, {"iss": "supabase", "ref": "abc", "role": role, "exp": 2_000_000_000})
    words = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*words, "c2lnbmF0dXJl"])


@pytest.mark.parametrize("key", ["sb_publishable_abc", legacy_key("anon")])
def test_what_browsers_may_know(key: str) -> None:
    assert Settings(supabase_publishable_key=key).supabase_publishable_key == key


@pytest.mark.parametrize("key", ["sb_secret_abc", legacy_key("service_role"), legacy_key("postgres")])
def test_a_secret_key_is_no_publishable_key_and_is_not_repeated(key: str) -> None:
    with pytest.raises(ValidationError, match="sb_publishable_") as caught:
        Settings(supabase_publishable_key=key, database_url="postgresql://me:hunter2@host/db")
    assert key not in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_signing_key_that_cannot_sign_stops_the_start_and_is_not_repeated() -> None:
    with pytest.raises(ValidationError, match="signing key") as caught:
        Settings(supabase_signing_key='{"kty": "EC", "x": "hunter2"}')
    assert "hunter2" not in str(caught.value)


def test_models_that_may_be_chosen() -> None:
    settings = Settings(model="large-v3-turbo", models=" small , large-v3-turbo,, org/whisper-de, small")
    assert settings.chosen_models == ("small", "org/whisper-de")
    assert Settings().chosen_models == ()


@pytest.mark.parametrize("models", ["here/whisper, there/whisper", "/opt/models/toy"])
def test_models_that_people_could_not_tell_apart(models: str) -> None:
    with pytest.raises(ValidationError, match="tell these apart"):
        Settings(model="toy", models=models)


@pytest.mark.parametrize("wrong", [{"price_per_hour": -1}, {"price_currency": "dollars"}, {"media_url_ttl_s": 0}])
def test_prices_and_times(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)  # type: ignore[arg-type]
