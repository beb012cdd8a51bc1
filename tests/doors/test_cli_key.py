"""`aisubs key`: for programs of this machine's owner, or of an account."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from aisubs.cli import main
from aisubs.local.tokens import OWNER
from aisubs.pipeline.jobs import Holder, hash_token
from tests.pipeline.job_line import JobLine


@pytest.fixture
def line(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> JobLine:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return JobLine(database_url)


def told(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert main(["key", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_key_is_shown_once_listed_and_revoked(line: JobLine, capsys: pytest.CaptureFixture[str]) -> None:
    with line:
        assert main(["key"]) == 0
        assert "No keys yet." in capsys.readouterr().err
        made = told(capsys, "create", "script")
        assert line.jobs.key_owner(Holder.of([made["token"]])) == (OWNER, ("read", "write"))
        told(capsys, "create", "watcher", "--scope", "read", "--scope", "admin", "--days", "7")
        rows = {row["name"]: row for row in told(capsys)}
        assert {name: row["scopes"] for name, row in rows.items()} == {
            "script": ["read", "write"], "watcher": ["read", "admin"]
        }  # fmt: skip
        assert made["token"] not in str(rows)
        assert rows["watcher"]["expires_at"]
        assert main(["key", "list"]) == 0
        assert "watcher  read,admin" in capsys.readouterr().out
        told(capsys, "revoke", made["key_id"])
        assert line.jobs.key_owner(Holder.of([made["token"]])) is None


def test_a_key_of_an_account_is_no_key_of_the_machine(line: JobLine, capsys: pytest.CaptureFixture[str]) -> None:
    with line:
        line.jobs.sign_in_account("https://id.example", "ada", None, None, False, hash_token("x"), "", 60.0)
        (row,) = line.sql("select account_id::text as id from aisubs.accounts")
        made = told(capsys, "create", "script", "--account", row["id"])
        assert line.jobs.key_owner(Holder.of([made["token"]])) == (f"account:{row['id']}", ("read", "write"))
        assert told(capsys) == []
        assert len(told(capsys, "--account", row["id"])) == 1
        assert main(["key", "create", "x", "--scope", "admin", "--account", row["id"]]) != 0
        assert main(["key", "create", "x", "--account", str(uuid4())]) != 0


@pytest.mark.parametrize("days", ["0", "-1", "soon", "9999"])
def test_days_that_make_no_sense(days: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["key", "create", "x", "--days", days])
