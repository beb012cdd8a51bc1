"""cloudbuild.yaml: every step that can run on this machine is run as it stands there; the others are parsed.

What cannot run here is docker (no daemon), syft and gcloud: recorders stand in for them, and a step finds of them only
what its image has (tests/rules/test_cloudbuild_order.py). CI checks; a deployment does not.
"""

from __future__ import annotations

import http.server
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

from aisubs.weights.speakers.place import FoundSpeakers
from tests.doors.http_door import open_door
from tests.postgres import Servers
from tests.rules.dockerfiles import ROOT, stages_of
from tests.toy_model import TOY

BUILT_IN = {"PROJECT_ID", "PROJECT_NUMBER", "BUILD_ID", "COMMIT_SHA", "SHORT_SHA", "LOCATION"}
TIME_LIMIT_S = 240


@cache
def build() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "cloudbuild.yaml").read_text()))


def steps() -> dict[str, dict[str, Any]]:
    return {step["id"]: step for step in build()["steps"]}


def scripts() -> dict[str, str]:
    return {name: step["script"] for name, step in steps().items() if "script" in step}


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


def test_a_worker_without_what_tells_speakers_apart_is_not_pushed(tmp_path: Path, speakers: FoundSpeakers) -> None:
    (command,) = [line for line in scripts()["try-images"].splitlines() if "gpu_job.main" in line]
    code = shlex.split(command)[-1].replace("assert os.getuid() != 0; ", "")  # whoever runs the tests may be root

    def tried(folder: Path) -> subprocess.CompletedProcess[str]:
        held = {"MODEL": str(TOY), "SPEAKER_MODEL_DIR": str(folder), "MODEL_DIR": str(tmp_path)}
        return subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, **held},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    whole, bare = tried(speakers.folder), tried(tmp_path)
    assert whole.returncode == 0, whole.stderr
    assert bare.returncode != 0
    assert "aisubs models download speakers" in bare.stderr


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
    assert steps()["smoke-test"]["name"] == stages_of(ROOT / "functions/Dockerfile")[0].base


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
    assert names["urls"]["api"] == "https://aisubs-api-123456789012.europe-west1.run.app"  # the form of address()
    assert "https://$_NAME-$1-$PROJECT_NUMBER.$_REGION.run.app" in scripts()["smoke-test"]


def test_secrets_reach_the_one_step_that_needs_them() -> None:
    secret = build()["availableSecrets"]["secretManager"]
    assert [entry["env"] for entry in secret] == ["DATABASE_URL"]
    assert [name for name, step in steps().items() if "secretEnv" in step] == ["migrate"]
    assert "$DATABASE_URL" not in scripts()["migrate"], "named, never written into a command line"


# ── run ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


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


def smoke(*arguments: str, told: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "infra/smoke_test.py"), *arguments],
        input=told, capture_output=True, text=True, timeout=TIME_LIMIT_S, check=False,
    )  # fmt: skip


@contextmanager
def answering(status: int) -> Iterator[str]:
    """A server that answers everything with one status, as a closed or an open function would."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers.get("X-Serverless-Authorization") == "Bearer who-deploys"
            body = b'{"checks": {"database": {"ok": true}}}' if known else b""
            self.send_response(200 if known else status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

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


def test_the_smoke_test_says_who_it_is_where_the_api_is_not_public() -> None:
    with answering(403) as closed:
        known = smoke(closed, "--closed", closed, "--identity", "stdin", told="who-deploys\n")
        stranger = smoke(closed, "--deadline-s", "0")
    assert (known.returncode, stranger.returncode) == (0, 1), known.stderr
    assert "answers 403" in stranger.stderr
