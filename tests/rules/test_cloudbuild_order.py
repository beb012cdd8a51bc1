"""cloudbuild.yaml run as written: every step, in the order written, with what the step's image has and no more.

A step gets a PATH of one folder: the few tools of a bare Debian, and the program that its image is for. These programs
are recorders that know the order: an image that was not built cannot be pushed, only a digest can be deployed.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.rules.dockerfiles import ROOT
from tests.rules.test_cloudbuild import build

BARE = ("bash", "sh", "env", "cat", "tee", "mkdir", "rm")
"""What scripts may count on in any of the images."""

IMAGES = {
    "gcr.io/cloud-builders/docker": "docker",
    "anchore/syft": "syft",
    "gcr.io/google.com/cloudsdktool/google-cloud-cli": "gcloud",
    "python": "python",
}
"""Image -> the program that it is for, and its entry point where a step has `args`."""

RECORDER = """#!{python} -I
import json, pathlib, sys
state = pathlib.Path({state!r})
known = json.loads(state.read_text())
program, said = pathlib.Path(sys.argv[0]).name, sys.argv[1:]
known["calls"].append([program, *said])
def image(): return next((w for w in said if w.startswith({registry!r})), None)
def must(condition, why):
    if not condition:
        sys.exit(f"{{program}} {{' '.join(said)}}: {{why}}")
if program == "docker":
    if said[0] == "build":
        known["built"].append(next(w for w in said if w.startswith("--tag="))[6:])
    elif said[0] == "push":
        must(image() in known["built"], "not built")
        known["pushed"].append(image())
    elif said[:2] == ["image", "inspect"]:
        must(image() in known["pushed"], "has no digest before it is pushed")
        print(image().rpartition(":")[0] + "@sha256:" + "%064x" % len(known["pushed"]))
    elif said[0] == "run":
        must(image() and (image() in known["built"] or "@sha256:" in image()), "no such image")
    else:
        must(False, "unknown to this recorder")
elif program == "syft":
    must(said[0].removeprefix("docker:") in known["built"], "not built")
    pathlib.Path(next(w for w in said if w.startswith("--output=")).rpartition("=")[2]).write_text("{{}}")
elif program == "gcloud":
    must("--image" in said and "@sha256:" in said[said.index("--image") + 1], "deploys no digest")
elif program == "python":
    must(pathlib.Path(said[0]).is_file(), "no such file in the workspace")
state.write_text(json.dumps(known))
"""

SUBSTITUTED = {
    "PROJECT_ID": "subtitles-4711",
    "PROJECT_NUMBER": "123456789012",
    "BUILD_ID": "b-1",
    "COMMIT_SHA": "c0ffee",
}


@dataclass
class CloudBuild:
    """One build in `folder`: /workspace, the images, and what the programs were told."""

    folder: Path
    substitutions: dict[str, str]
    secrets: dict[str, str] = field(default_factory=lambda: {"DATABASE_URL": "postgresql://secret"})

    def __post_init__(self) -> None:
        self.workspace, self.state = self.folder / "workspace", self.folder / "state.json"
        (self.workspace / "infra").mkdir(parents=True)
        shutil.copy(ROOT / "infra/smoke_test.py", self.workspace / "infra")
        self.state.write_text(json.dumps({"calls": [], "built": [], "pushed": []}))
        declared = build()["substitutions"] | SUBSTITUTED | self.substitutions
        for _ in range(2):  # one substitution may name others (dynamicSubstitutions)
            declared = {name: self._filled(str(value), declared) for name, value in declared.items()}
        self.declared = declared

    @staticmethod
    def _filled(text: str, values: dict[str, str]) -> str:
        return re.sub(r"\$\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)

    def image(self, name: str) -> Path:
        """A folder with what this image has; the PATH of a step."""
        program = IMAGES[re.split(r"[:@]", name)[0]]
        path = self.folder / f"image-{program}"
        if not path.exists():
            path.mkdir()
            for tool in BARE:
                (path / tool).symlink_to(shutil.which(tool) or pytest.fail(f"{tool} is missing"))
            said = {"python": sys.executable, "state": str(self.state), "registry": self.declared["_REGISTRY"]}
            (path / program).write_text(RECORDER.format(**said))
            (path / program).chmod(0o755)
        return path

    def run(self, step: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        path = self.image(step["name"])
        environment = {"PATH": str(path), "HOME": str(self.folder)}
        environment |= dict(entry.split("=", 1) for entry in build()["options"]["env"])
        if step.get("automapSubstitutions"):
            environment |= self.declared
        environment |= {name: self.secrets[name] for name in step.get("secretEnv", [])}
        if "script" in step:
            script = self.folder / f"{step['id']}.sh"
            script.write_text(step["script"].replace("/workspace", str(self.workspace)))
            interpreter = script.read_text().splitlines()[0].removeprefix("#!").split()
            command = [str(path / Path(interpreter[-1]).name), str(script)]
        else:
            told = [self._filled(word, self.declared) for word in step["args"]]
            program = IMAGES[re.split(r"[:@]", step["name"])[0]]
            command = [str(path / program), *(word.replace("/workspace", str(self.workspace)) for word in told)]
        return subprocess.run(
            command, cwd=self.workspace, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    def calls(self) -> list[list[str]]:
        return list(json.loads(self.state.read_text())["calls"])

    def run_all(self) -> None:
        for step in build()["steps"]:
            done = self.run(step)
            assert done.returncode == 0, f"{step['id']}: {done.stdout}{done.stderr}"

    def artifacts(self) -> dict[str, str]:
        """What is uploaded at the end, by name; Cloud Build fails where one is missing."""
        return {name: (self.workspace / name).read_text() for name in build()["artifacts"]["objects"]["paths"]}


@pytest.mark.parametrize("deploy", ["yes", "no"])
def test_all_steps_run_in_order_with_what_their_images_have(tmp_path: Path, deploy: str) -> None:
    made = CloudBuild(tmp_path, {"_DEPLOY": deploy})
    made.run_all()
    deployed = [call for call in made.calls() if call[0] == "gcloud"]
    smoked = [call for call in made.calls() if call[0] == "python"]
    assert (len(deployed), len(smoked)) == ((6, 1) if deploy == "yes" else (0, 0))
    told = dict(line.split(" = ") for line in re.sub(" +", " ", made.artifacts()["images.tfvars"]).splitlines())
    digests = {name: value.strip('"') for name, value in told.items()}
    assert set(digests) == {"functions_image", "worker_image"}
    assert all(
        re.fullmatch(r"europe-west1-docker\.pkg\.dev/.*@sha256:[0-9a-f]{64}", value) for value in digests.values()
    )
    if deploy == "yes":
        (job,) = [call for call in deployed if "jobs" in call]
        assert deployed[0] == job, "the worker understands jobs of the new functions, not the other way round"
        assert job[job.index("--image") + 1] == digests["worker_image"]


def test_the_password_is_on_no_command_line_and_in_no_file(tmp_path: Path) -> None:
    made = CloudBuild(tmp_path, {"_DEPLOY": "yes"})
    made.run_all()
    assert not [call for call in made.calls() if any("postgresql://" in word for word in call)]
    assert not [path for path in made.workspace.rglob("*") if path.is_file() and "postgresql://" in path.read_text()]


def test_a_step_that_needs_what_its_image_has_not_fails_here(tmp_path: Path) -> None:
    """The check of this check: `make test` in the image of Python was such a step."""
    made = CloudBuild(tmp_path, {})
    done = made.run({"id": "test", "name": "python:3.11.15-slim", "script": "#!/usr/bin/env bash\nset -eu\nnpm ci\n"})
    assert done.returncode == 127
    assert "npm" in done.stderr


@pytest.mark.parametrize("left_out", ["build-functions", "build-worker", "push"])
def test_what_a_step_needs_comes_before_it(tmp_path: Path, left_out: str) -> None:
    made = CloudBuild(tmp_path, {})
    done = [made.run(step).returncode for step in build()["steps"] if step["id"] != left_out]
    assert any(done)
