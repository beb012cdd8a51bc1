"""The image with the other diarizer: it stands on the worker's, and changes nothing of what that has."""

from __future__ import annotations

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from aisubs.settings import Settings
from tests.rules.dockerfiles import ROOT, stages_of

IMAGE = ROOT / "gpu_job/pyannote.Dockerfile"
LOCKS = [ROOT / "gpu_job" / name for name in ("requirements.lock", "requirements-pyannote.lock")]


def locked(text: str) -> dict[str, str]:
    """Distribution -> version."""
    return {canonicalize_name(name): version for name, version in re.findall(r"(?m)^([\w.-]+)==([^\s\\;]+)", text)}


def test_its_lock_holds_what_pyproject_asks_for_and_all_of_the_workers() -> None:
    worker, ours = (locked(lock.read_text()) for lock in LOCKS)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for requirement in map(Requirement, extras["pyannote"]):
        assert requirement.specifier.contains(ours[canonicalize_name(requirement.name)]), "run `make lock`"
    assert worker.items() <= ours.items()
    assert LOCKS[1].read_text().count("==") <= LOCKS[1].read_text().count("--hash=sha256:")


def test_it_is_the_workers_image_with_hashed_wheels_and_tells_nobody() -> None:
    (stage,) = stages_of(IMAGE)
    (run,) = stage.all("RUN")
    assert {"--require-hashes", "--only-binary", ":all:"} <= set(run.split())
    assert stage.all("USER") == ["0", "10001"]
    environment = stage.environment()
    assert environment["PYANNOTE_METRICS_ENABLED"] == "false"
    chosen = Settings.model_validate({name.lower(): value for name, value in environment.items()})
    assert (chosen.diarizer, str(chosen.speaker_model_dir)) == ("pyannote", "/opt/community-1")
