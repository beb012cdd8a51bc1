"""People with accounts at the door of a test: whoever a double of Supabase Auth vouches for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.doors.http_door import Door, open_door
from tests.doubles.supabase_auth import SupabaseAuth


@dataclass
class AccountDoor:
    door: Door
    auth: SupabaseAuth

    def sign_in(self, sub: str, device: str = "", **claims: Any) -> dict[str, str]:
        """The header of a new session."""
        token = self.auth.access_token(sub=sub, **claims)
        answer = self.door.http.post("/api/sign-in/supabase", json={"access_token": token, "device": device})
        assert answer.status_code == 201, answer.text
        return header(answer.json()["token"])

    def key(self, owner: dict[str, str], *scopes: str, **more: Any) -> dict[str, str]:
        """The header of a new API key."""
        asked = {"name": " ".join(scopes), "scopes": scopes} | more
        answer = self.door.http.post("/api/keys", json=asked, headers=owner)
        assert answer.status_code == 201, answer.text
        return header(answer.json()["token"])

    def account(self, owner: dict[str, str]) -> dict[str, Any]:
        answer = self.door.http.get("/api/account", headers=owner)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def header(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def open_account_door(database_url: str, folder: Path, **settings: Any) -> Iterator[AccountDoor]:
    with SupabaseAuth() as auth:
        project = {"supabase_url": auth.url, "supabase_publishable_key": "sb_publishable_x"}
        settings = project | {"supabase_sign_in": "password", "admins": "admin"} | settings
        with open_door(database_url, folder, **settings) as door:
            yield AccountDoor(door, auth)
