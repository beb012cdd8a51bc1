"""The continuous integration audits every lock there is, and writes a bill of materials of it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
STEPS = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]["audit"]["steps"]


def test_every_lock_is_audited() -> None:
    found = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("*.lock")}
    for folder in ("functions", "gpu_job", "infra"):
        found |= {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*.lock")}
    told = subprocess.run(["make", "-n", "audit"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"-r (\S+\.lock)", told)) == {path for path in found if "terraform" not in path}
    assert "npm audit --package-lock-only" in told


def test_the_integration_runs_it_and_keeps_the_bills() -> None:
    assert [step["run"] for step in STEPS if "run" in step] == ["make sbom", "make audit"]
    (kept,) = [step["with"] for step in STEPS if "upload-artifact" in step.get("uses", "")]
    assert (kept["path"], kept["if-no-files-found"]) == ("dist/sbom/", "error")
