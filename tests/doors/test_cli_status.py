"""`aisubs status`: the line, and what workers cost, of the database that the settings name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aisubs.cli import main
from tests.doubles.supabase_rpc import SupabaseRpc
from tests.pipeline.job_line import JobLine

HOUR_S = 3600.0


@pytest.fixture
def line(database_url: str) -> JobLine:
    """A job that a worker held for two hours, and one that waits."""
    with JobLine(database_url) as line:
        line.web()
        claim = line.claim()
        line.passes(claim.job_id, "attempt_at", 2 * HOUR_S)
        line.jobs.fail_job(claim.job_id, claim.fence, "damaged", "No.", retryable=False)
        line.web()
        return line


def test_the_line_and_the_money(
    line: JobLine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", line.url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert main(["status"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "line: 0 at work, 1 waiting, 0 on their way"
    assert told[1] == "workers: today 2.0 h, without a limit; this month 2.0 h"
    monkeypatch.setenv("PRICE_PER_HOUR", "1.05")
    assert main(["status"]) == 0
    assert "this month 2.0 h (2.10 USD)" in capsys.readouterr().out
    assert main(["status", "--json"]) == 0
    told_json = json.loads(capsys.readouterr().out)
    assert (told_json["active"], told_json["pending"], told_json["price_per_hour"]) == (0, 1, 1.05)
    assert told_json["today_s"] == pytest.approx(2 * HOUR_S, abs=5)


def test_of_a_supabase_project(
    line: JobLine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with SupabaseRpc(line.url) as supabase:
        monkeypatch.setenv("SUPABASE_URL", supabase.url)
        monkeypatch.setenv("SUPABASE_SERVICE_KEY", supabase.keys.service)
        monkeypatch.setenv("DATA_DIR", str(tmp_path))
        assert main(["status"]) == 0
    assert "1 waiting" in capsys.readouterr().out
