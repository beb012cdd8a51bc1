"""cloudbuild.yaml: every step that can run on this machine is run as it stands there; the others are parsed.

What cannot run here: docker builds and pushes (no daemon), syft, gcloud. Steps `lint` and `test` are what runs this
very test (`make test`), so that they name existing targets is all that is asked of them.
"""

from __future__ import annotations

import http.server
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest
import yaml

from tests.doors.http_door import open_door
from tests.postgres import Servers
from tests.rules.dockerfiles import ROOT, stages_of
from tests.rules.terraform import needs_terraform

BUILT_IN = {"PROJECT_ID", "PROJECT_NUMBER", "BUILD_ID", "COMMIT_SHA", "SHORT_SHA", "LOCATION"}
TIME_LIMIT_S = 240


@cache
def build() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "cloudbuild.yaml").read_text()))


def steps() -> dict[str, dict[str, Any]]:
    return {step["id"]: step for step in build()["steps"]}


def scripts() -> dict[str, str]:
    return {name: step["script"] for name, step in steps().items() if "script" in step}


def run_script(name: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script of a step as Cloud Build does: substitutions are in the environment, `folder` is /workspace."""
    script = scripts()[name].replace("/workspace", str(folder))
    shell = script.splitlines()[0].removeprefix("#!").split()
    return subprocess.run(
        [*shell, "-c", script] if shell[0] == "/bin/sh" else ["bash", "-c", script],
        cwd=folder, env=os.environ | environment, capture_output=True, text=True, timeout=TIME_LIMIT_S, check=False,
    )  # fmt: skip


# ── parsed ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_steps_wait_for_earlier_ones() -> None:
    seen: set[str] = set()
    assert len(steps()) == len(build()["steps"])
    for name, step in steps().items():
        assert set(step["waitFor"]) <= seen | {"-"}, name
        seen.add(name)


def comes_after(late: str, early: str) -> bool:
    return late == early or any(comes_after(before, early) for before in steps()[late]["waitFor"] if before != "-")


@pytest.mark.parametrize(
    ("late", "early"),
    [
        ("test", "lint"),
        ("push", "test"),
        ("push", "infra"),
        ("push", "web"),
        ("push", "try-images"),
        ("push", "sbom-functions"),
        ("push", "sbom-worker"),
        ("migrate", "push"),
        ("deploy", "migrate"),
        ("smoke-test", "deploy"),
    ],
)
def test_nothing_is_shipped_before_it_is_checked(late: str, early: str) -> None:
    assert comes_after(late, early)


def test_substitutions_are_declared_and_used() -> None:
    declared = set(build()["substitutions"])
    whole = yaml.safe_dump({key: value for key, value in build().items() if key != "steps"})
    whole += yaml.safe_dump(
        [{key: value for key, value in step.items() if key != "script"} for step in build()["steps"]]
    )
    used = set(re.findall(r"(?<!\$)\$\{?([A-Z0-9_]+)\}?", whole))
    in_scripts = {
        name for script in scripts().values() for name in re.findall(r"\$\{?(_?[A-Z]{2,}[A-Z0-9_]*)\}?", script)
    }
    assert used | in_scripts <= declared | BUILT_IN | {"DATABASE_URL"}
    assert declared <= used | in_scripts


def test_scripts_get_the_substitutions_that_they_use() -> None:
    for name, script in scripts().items():
        if re.search(r"\$\{?(_[A-Z]|BUILD_ID|PROJECT_)", script):
            assert steps()[name].get("automapSubstitutions") is True, name


@pytest.mark.parametrize("name", scripts())
def test_scripts_are_valid_and_stop_at_the_first_error(name: str) -> None:
    script = scripts()[name]
    shell = "sh" if script.startswith("#!/bin/sh") else "bash"
    done = subprocess.run([shell, "-n"], input=script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^set -eu", script, re.MULTILINE)


def test_what_builds_is_pinned() -> None:
    for name, step in steps().items():
        image = step["name"]
        if image.startswith(("gcr.io/cloud-builders/", "gcr.io/google.com/cloudsdktool/")):
            continue  # Google's own, kept current by Google and trusted with the project anyway
        assert re.search(r"@sha256:[0-9a-f]{64}$|:\d+\.\d+\.\d+$", image), name
    assert steps()["lint"]["name"] == stages_of(ROOT / "functions/Dockerfile")[0].base
    assert steps()["web"]["name"] == stages_of(ROOT / "infra/server/Dockerfile")[0].base


@pytest.mark.parametrize(("step", "folder"), [("build-functions", "functions"), ("build-worker", "gpu_job")])
def test_images_are_built_from_the_root_with_arguments_that_they_know(step: str, folder: str) -> None:
    arguments = steps()[step]["args"]
    assert arguments[0] == "build"
    assert arguments[-1] == "."
    assert f"--file={folder}/Dockerfile" in arguments
    assert any(re.fullmatch(rf"--tag=\$\{{_REGISTRY\}}/{folder}:\$\{{BUILD_ID\}}", argument) for argument in arguments)
    given = {argument.split("=")[1] for argument in arguments if argument.startswith("--build-arg=")}
    known = {rest.split("=")[0] for stage in stages_of(ROOT / folder / "Dockerfile") for rest in stage.all("ARG")}
    assert given <= known
    assert "COMMIT_SHA" in given


def test_the_model_is_pinned_by_commit_and_by_content() -> None:
    said = build()["substitutions"]
    assert re.fullmatch(r"[0-9a-f]{40}", said["_MODEL_REVISION"])
    assert re.fullmatch(r"[0-9a-f]{64}", said["_MODEL_SHA256"])


def test_only_digests_are_deployed() -> None:
    for name in ("migrate", "deploy"):
        script = scripts()[name]
        assert "$BUILD_ID" not in script
        assert ":latest" not in script
        assert {"/workspace/functions.image"} <= set(re.findall(r"/workspace/\w+\.image", script))
    assert "RepoDigests" in scripts()["push"]


def test_every_service_of_the_infrastructure_is_deployed_and_tried(names: dict[str, Any]) -> None:
    prefix = "aisubs-"
    services = {name.removeprefix(prefix) for name in names["services"].values()}
    loop = re.search(r"for service in ([\w -]+); do", scripts()["deploy"])
    assert loop is not None
    assert set(loop[1].split()) == services
    assert names["job"] == f"{prefix}worker"
    assert '"$_NAME-worker"' in scripts()["deploy"]
    assert set(re.findall(r"\$\(address ([\w-]+)\)", scripts()["smoke-test"])) == services
    assert names["urls"]["api"] == "https://aisubs-api-123456789012.europe-west4.run.app"  # the form of address()
    assert "https://$_NAME-$1-$PROJECT_NUMBER.$_REGION.run.app" in scripts()["smoke-test"]


def test_secrets_reach_the_one_step_that_needs_them() -> None:
    secret = build()["availableSecrets"]["secretManager"]
    assert [entry["env"] for entry in secret] == ["DATABASE_URL"]
    assert [name for name, step in steps().items() if "secretEnv" in step] == ["migrate"]
    assert "$DATABASE_URL" not in scripts()["migrate"], "named, never written into a command line"


# ── run ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["lint", "test"])
def test_checks_are_targets_of_the_makefile(name: str) -> None:
    (target,) = re.findall(r"^make (\w+)$", scripts()[name], re.MULTILINE)
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_page_is_checked_by_scripts_that_there_are() -> None:
    named = re.findall(r"^npm run ([\w:]+)$", scripts()["web"], re.MULTILINE)
    known = json.loads((ROOT / "web/package.json").read_text())["scripts"]
    assert {"lint", "types", "test", "build"} == set(named) <= set(known)


def test_infra_step_runs(tmp_path: Path) -> None:
    needs_terraform()
    tracked = subprocess.run(["git", "ls-files", "infra"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in tracked.stdout.split():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    empty = tmp_path / "no-configuration.tfrc"
    empty.touch()
    done = run_script("infra", tmp_path, TF_CLI_CONFIG_FILE=str(empty))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Success!") == len(list((ROOT / "infra/modules").iterdir()))


def test_migrate_step_brings_an_empty_database_to_this_release(servers: Servers, tmp_path: Path) -> None:
    """The command that the container is given."""
    words = shlex.split(scripts()["migrate"].splitlines()[-1])
    command = words[words.index("python") + 1 :]
    assert words[words.index("--env") + 1] == "DATABASE_URL"
    with servers.empty("pg18") as url:
        done = subprocess.run(
            [sys.executable, *command], cwd=tmp_path, env=os.environ | {"DATABASE_URL": url, "DATA_DIR": str(tmp_path)},
            capture_output=True, text=True, timeout=TIME_LIMIT_S, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        with psycopg.connect(url) as connection:
            assert connection.execute("select to_regclass('aisubs.transcription_jobs') is not null").fetchone() == (
                True,
            )


def test_a_first_build_prints_what_terraform_wants(tmp_path: Path) -> None:
    (tmp_path / "functions.image").write_text("registry/functions@sha256:1")
    (tmp_path / "gpu_job.image").write_text("registry/gpu_job@sha256:2")
    done = run_script("deploy", tmp_path, _DEPLOY="no", _NAME="aisubs", _REGION="europe-west4")
    assert done.returncode == 0, done.stderr
    assert 'functions_image = "registry/functions@sha256:1"' in done.stdout
    assert re.search(r'worker_image +=  *"registry/gpu_job@sha256:2"', done.stdout)
    assert run_script("smoke-test", tmp_path, _DEPLOY="no").returncode == 0


def smoke(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "infra/smoke_test.py"), *arguments],
        capture_output=True, text=True, timeout=TIME_LIMIT_S, check=False,
    )  # fmt: skip


@contextmanager
def answering(status: int) -> Iterator[str]:
    """A server that answers everything with one status, as a closed or an open function would."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_smoke_test_passes_a_healthy_api(database_url: str, tmp_path: Path) -> None:
    with open_door(database_url, tmp_path) as door, answering(403) as closed:
        done = smoke(str(door.http.base_url), "--closed", closed)
    assert done.returncode == 0, done.stderr
    assert "1 functions refuse strangers" in done.stdout


def test_the_smoke_test_finds_an_open_function(database_url: str, tmp_path: Path) -> None:
    with open_door(database_url, tmp_path) as door, answering(200) as opened:
        done = smoke(str(door.http.base_url), "--closed", opened)
    assert done.returncode == 1
    assert f"{opened} answers 200 to a caller without identity" in done.stderr


def test_the_smoke_test_finds_a_dead_api() -> None:
    with answering(200) as nothing:
        pass  # its port is free again: nobody answers there
    done = smoke(nothing, "--deadline-s", "0")
    assert done.returncode == 1
    assert "answers 0" in done.stderr
