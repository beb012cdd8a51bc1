"""The release workflow: what it runs is what `make release` runs here, and nobody can change what it uses."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rules import release

ROOT = Path(__file__).parents[2]
WORKFLOW: dict[Any, Any] = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())
JOBS: dict[str, dict[str, Any]] = WORKFLOW["jobs"]
STEPS = [(name, step) for name, job in JOBS.items() for step in job["steps"]]
RUNS = {name: [step["run"] for of, step in STEPS if of == name and "run" in step] for name in JOBS}


def digest_of(image: str) -> str:
    return f"sha256:{sum(image.encode()):064x}"


def written_by_the_release() -> str:
    """images.tfvars, by the commands of the workflow itself."""
    (note,), (gather, _) = RUNS["cloud-images"], RUNS["release"]
    with tempfile.TemporaryDirectory() as folder:
        for name in ("digests", "dist"):
            (Path(folder) / name).mkdir()
        for row in JOBS["cloud-images"]["strategy"]["matrix"]["include"]:
            told = {"IMAGE": row["image"], "VARIABLE": row["variable"], "DIGEST": digest_of(row["image"])}
            subprocess.run(["bash", "-ec", note], cwd=Path(folder) / "digests", env=os.environ | told, check=True)
        subprocess.run(["bash", "-ec", gather], cwd=folder, check=True)
        return (Path(folder) / "dist/images.tfvars").read_text()


def step_of(job: str, action: str) -> dict[str, Any]:
    (found,) = (step for step in JOBS[job]["steps"] if step.get("uses", "").startswith(f"{action}@"))
    return dict(found)


def test_a_tag_starts_it_and_nothing_else() -> None:
    assert WORKFLOW[True] == {"push": {"tags": ["v*"]}}  # YAML 1.1 reads `on` as true


def test_every_action_is_pinned_by_its_commit_with_its_version_beside_it() -> None:
    lines = [line for line in (ROOT / ".github/workflows/release.yml").read_text().splitlines() if "uses:" in line]
    assert len(lines) == sum("uses" in step for _, step in STEPS)
    assert [line for line in lines if not re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)] == []


def test_what_is_built_is_built_and_tested_by_make() -> None:
    assert RUNS["build"] == ['make release TAG="$TAG"']
    shown = subprocess.run(["make", "-n", "release", "TAG=v1"], cwd=ROOT, capture_output=True, text=True, check=True)
    order = ["tests.rules.release v1", "uv build", "twine", "check-wheel-contents", "sha256sum", "test_wheel.py"]
    places = [shown.stdout.find(word) for word in order]
    assert -1 not in places, shown.stdout
    assert places == sorted(places)


def test_nothing_is_published_before_everything_passed() -> None:
    assert {name: job.get("needs") for name, job in JOBS.items()} == {
        "build": None,
        "images": "build",
        "cloud-images": "build",
        "package": ["build", "images", "cloud-images"],
        "release": "package",
    }


def test_each_job_may_do_what_it_does_and_no_more() -> None:
    assert WORKFLOW["permissions"] == {}
    assert {name: job["permissions"] for name, job in JOBS.items()} == {
        "build": {"contents": "read"},
        "images": {"contents": "read", "packages": "write"},
        "cloud-images": {"contents": "read", "packages": "write"},
        "package": {"id-token": "write"},  # trusted publishing: there is no password to steal
        "release": {"contents": "write"},
    }
    assert all(step["with"]["persist-credentials"] is False for _, step in STEPS if "checkout" in step.get("uses", ""))
    assert all(job["timeout-minutes"] <= 90 for job in JOBS.values())


def test_names_from_outside_never_become_part_of_a_script() -> None:
    assert [run for runs in RUNS.values() for run in runs if "${{" in run] == []


def test_images_for_cpu_and_cuda_tell_what_they_hold_and_how_they_were_made() -> None:
    built = step_of("images", "docker/build-push-action")["with"]
    assert (built["sbom"], built["provenance"], built["push"]) == (True, "mode=max", True)
    assert (ROOT / built["file"]).is_file()
    kinds = {row["accelerator"]: row["suffix"] for row in JOBS["images"]["strategy"]["matrix"]["include"]}
    assert kinds == {"cpu": "", "cuda": "-cuda"}
    assert all((ROOT / f"infra/server/requirements-{kind}.lock").is_file() for kind in kinds)
    image, _, tag = built["tags"].partition(":")
    assert tag == "${{ github.ref_name }}${{ matrix.suffix }}"
    assert f"{{AISUBS_IMAGE:-{image}:v{release.version()}}}" in (ROOT / "docker-compose.yml").read_text()


def test_the_clouds_images_are_those_that_a_build_makes_and_are_named_by_digest() -> None:
    built = step_of("cloud-images", "docker/build-push-action")["with"]
    assert (built["sbom"], built["provenance"], built["push"]) == (True, "mode=max", True)
    arguments = dict(line.split("=", 1) for line in built["build-args"].splitlines())
    pinned = yaml.safe_load((ROOT / "cloudbuild.yaml").read_text())["substitutions"]
    assert {f"_{name}": value for name, value in arguments.items() if name != "COMMIT_SHA"} == {
        name: value for name, value in pinned.items() if name.startswith("_MODEL")
    }
    images = [row["image"] for row in JOBS["cloud-images"]["strategy"]["matrix"]["include"]]
    assert all((ROOT / image / "Dockerfile").is_file() for image in images)
    assert built["tags"].startswith("ghcr.io/aisubs/${{ matrix.image }}:")
    assert sorted(written_by_the_release().splitlines()) == [
        f'functions_image = "ghcr.io/aisubs/functions@{digest_of("functions")}"',
        f'worker_image = "ghcr.io/aisubs/gpu_job@{digest_of("gpu_job")}"',
    ]


def test_the_versions_and_the_changelog_agree() -> None:
    assert release.notes(release.version())[1]


@pytest.mark.parametrize("tag", ["v0.0.1", "0.2.0", "main"])
def test_a_tag_that_does_not_fit_is_refused(tag: str) -> None:
    with pytest.raises(SystemExit, match=f"The tag is {tag}, but this is v"):
        release.check(tag)
