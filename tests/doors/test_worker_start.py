"""A worker that cannot start says why, once: its exit code and the last line of its log, and what a person reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from aisubs.cli.installed import LOCAL
from tests.doors.test_cli import aisubs
from tests.speech import SAMPLE_VIDEO

ROOT = Path(__file__).parents[2]
BROKEN_ENGINE = "raise ImportError('libcublas.so.12: cannot open shared object file', name='faster_whisper')"

WITHOUT_ENGINE = "import sys; sys.modules['faster_whisper'] = None; from aisubs.worker import main; sys.exit(main())"


def end_of(*arguments: str, cwd: Path, **environment: str) -> tuple[int, dict[str, str]]:
    """Exit code of a worker and the last line of its log."""
    done = subprocess.run(
        [sys.executable, *arguments], env={**os.environ, **environment}, cwd=cwd,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, json.loads(done.stderr.splitlines()[-1])


def test_a_bad_setting_is_named_without_its_value(tmp_path: Path) -> None:
    code, line = end_of("-m", "aisubs.worker", cwd=tmp_path, CONCURRENCY="s3cret")
    assert (code, line["message"], line["severity"]) == (os.EX_CONFIG, "worker.cannot_start", "CRITICAL")
    assert line["sentence"].startswith("Setting CONCURRENCY: Input should be a valid integer")
    assert "s3cret" not in str(line)


def test_the_clouds_door_says_it_as_well(tmp_path: Path) -> None:
    code, line = end_of("-m", "gpu_job.main", cwd=tmp_path, CONCURRENCY="many", PYTHONPATH=str(ROOT))
    assert (code, line["message"]) == (os.EX_CONFIG, "worker.cannot_start")


def test_a_library_that_is_not_installed_is_named_with_the_command_that_helps(tmp_path: Path) -> None:
    code, line = end_of("-c", WITHOUT_ENGINE, cwd=tmp_path)
    assert code == os.EX_CONFIG
    assert line["sentence"] == "faster_whisper is not installed. Install it with: pip install 'aisubs[local]'."


@pytest.mark.parametrize("command", ["transcribe", "demo"])
def test_the_terminal_says_why_without_four_attempts(command: str, tmp_path: Path) -> None:
    (tmp_path / "path" / "faster_whisper").mkdir(parents=True)
    (tmp_path / "path" / "faster_whisper" / "__init__.py").write_text(BROKEN_ENGINE)
    (tmp_path / SAMPLE_VIDEO.name).write_bytes(SAMPLE_VIDEO.read_bytes())
    arguments = ["transcribe", SAMPLE_VIDEO.name] if command == "transcribe" else ["demo"]
    code, _, said = aisubs(
        *arguments, "--data-dir", tmp_path / "data",
        cwd=tmp_path, PYTHONPATH=str(tmp_path / "path"), RETRY_BACKOFF_S="60",
    )  # fmt: skip
    assert code == 1, said
    reason = "No worker could be started for this job. faster_whisper cannot be loaded: libcublas.so.12: cannot open"
    assert reason in said
    assert len(list((tmp_path / "data" / "executions").glob("*.log"))) == 1


ONCE_WITHOUT_ROOM = """
import pathlib, sys
here = pathlib.Path(__file__).parent
if "aisubs.worker" in " ".join(sys.orig_argv) and not (here.parent / "met").exists():
    (here.parent / "met").touch()
    raise ImportError("libctranslate2.so.4: failed to map segment from shared object", name="_ext")
sys.path.remove(str(here.parent))
del sys.modules["faster_whisper"]
import faster_whisper
"""


def test_a_worker_that_had_no_memory_to_start_is_followed_by_another(tmp_path: Path) -> None:
    (tmp_path / "path" / "faster_whisper").mkdir(parents=True)
    (tmp_path / "path" / "faster_whisper" / "__init__.py").write_text(ONCE_WITHOUT_ROOM)
    (tmp_path / SAMPLE_VIDEO.name).write_bytes(SAMPLE_VIDEO.read_bytes())
    code, _, said = aisubs(
        "transcribe", SAMPLE_VIDEO.name, "--data-dir", tmp_path / "data",
        cwd=tmp_path, PYTHONPATH=str(tmp_path / "path"), RETRY_BACKOFF_S="0.1",
    )  # fmt: skip
    assert code == 0, said
    logs = [log.read_text() for log in (tmp_path / "data" / "executions").glob("*.log")]
    assert sum("MemoryError: libctranslate2.so.4" in log for log in logs) == 1
    assert len(logs) == 2


def test_a_worker_in_the_foreground_takes_no_job_that_it_cannot_carry_out(tmp_path: Path) -> None:
    (tmp_path / "faster_whisper.py").write_text(BROKEN_ENGINE)
    code, _, said = aisubs("work", "--data-dir", tmp_path / "data", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert (code, said) == (3, "faster_whisper cannot be loaded: libcublas.so.12: cannot open shared object file.\n")
    assert not (tmp_path / "data").exists()


def test_the_local_parts_are_those_of_the_extra() -> None:
    """A module that is asked for by name is one that `aisubs[local]` brings, and none is left out."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted, brought = ["local"], set()
    while wanted:
        for requirement in map(Requirement, project["optional-dependencies"][wanted.pop()]):
            wanted += requirement.extras if requirement.name == "aisubs" else []
            brought |= set() if requirement.name == "aisubs" else {canonicalize_name(requirement.name)}
    owners = packages_distributions()
    assert {canonicalize_name(owners[module][0]) for module in LOCAL} == brought
