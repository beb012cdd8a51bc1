"""`aisubs voices`: opting in, who is known, and forgetting, for the machine's owner."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aisubs.cli import main
from aisubs.local.tokens import OWNER
from aisubs.model.voices import JobVoice, VoicePrint
from aisubs.pipeline.jobs import Holder
from tests.pipeline.job_line import JobLine

MINE = Holder.of(["token"], OWNER)


@pytest.fixture
def line(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> JobLine:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return JobLine(database_url)


def teach(line: JobLine, *names: str) -> None:
    job = line.web(holder=MINE.as_json())
    claim = line.claim()
    line.save(claim, 0, 2)
    voices = [JobVoice(name, VoicePrint("CAM++", name.encode(), 90_000)) for name in names]
    line.jobs.save_voices(claim.job_id, claim.fence, voices)
    line.complete(claim)
    saved: dict[str, Any] = {"based_on": 0, "undo": [], "changes": 1, "restored_from": None}
    document = {"speakers": {name: name for name in names}}
    line.jobs.save_revision(job.job_id, MINE, document=document, kept_revisions=9, kept_bytes=99, **saved)


def test_on_whom_we_know_forget_and_off(line: JobLine, capsys: pytest.CaptureFixture[str]) -> None:
    def told(*words: str) -> tuple[str, str]:
        assert main(["voices", *words]) == 0
        shown = capsys.readouterr()
        return shown.out, shown.err

    with line:
        assert "Voices are not remembered." in told()[1]
        assert "Nobody is known yet" in told("on")[1]
        teach(line, "Anna", "Ben")
        assert [row.split("  ")[:2] for row in told("list")[0].splitlines()] == [
            ["Anna", "1 recording(s), 1.5 min, " + row_time(line, "Anna")],
            ["Ben", "1 recording(s), 1.5 min, " + row_time(line, "Ben")],
        ]
        assert main(["voices", "forget", "Eve"]) != 0
        capsys.readouterr()
        assert [voice["name"] for voice in json.loads(told("forget", "Anna", "--json")[0])["voices"]] == ["Ben"]
        assert told("forget", "--all")[0] == ""
        assert json.loads(told("--json")[0]) == {"enabled": True, "voices": []}
        teach(line, "Anna")
        assert json.loads(told("off", "--json")[0]) == {"enabled": False, "voices": []}
        assert line.sql("select 1 as hit from aisubs.voice_prints, aisubs.job_voices") == []


def row_time(line: JobLine, name: str) -> str:
    return next(str(row["heard_at"]) for row in line.jobs.list_voices(MINE)["voices"] if row["name"] == name)
