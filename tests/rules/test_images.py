"""The three images: what they stand on, what goes into them, and that this is enough to start."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from aisubs.model.speech_model import shown_model
from aisubs.settings import Settings
from tests.rules.dockerfiles import ROOT, copies_of, lay_out, stages_of
from tests.toy_model import TOY

FUNCTIONS = ROOT / "functions/Dockerfile"
WORKER = ROOT / "gpu_job/Dockerfile"
SERVER = ROOT / "infra/server/Dockerfile"
IMAGES = (FUNCTIONS, WORKER, SERVER)
EXTRAS = {FUNCTIONS: {"cloud"}, WORKER: {"gpu", "cuda", "worker"}, SERVER: {"local", "base", "cuda"}}
"""The extras of pyproject.toml that each lock resolves."""

STARTS = {
    FUNCTIONS: "import functions.main, functions_framework, aisubs.cli.command_line",
    WORKER: "import gpu_job.main, faster_whisper, ctranslate2",
    SERVER: "import aisubs.cli.command_line, aisubs.local.edition, aisubs.worker, faster_whisper, uvicorn",
}
PLATFORM = {"platform_system": "Linux", "sys_platform": "linux", "python_version": "3.11", "extra": ""}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT).parent)


every_image = pytest.mark.parametrize("image", IMAGES, ids=name_of)


def lock_of(image: Path) -> Path:
    return image.parent / ("requirements-cuda.lock" if image == SERVER else "requirements.lock")


def locked(image: Path) -> dict[str, str]:
    """Distribution -> version."""
    pairs = re.findall(r"(?m)^([A-Za-z0-9._-]+)==([^\s\\;]+)", lock_of(image).read_text())
    return {canonicalize_name(name): version for name, version in pairs}


# ── Dockerfiles ───────────────────────────────────────────────────────────────────────────────────────────────────────


@every_image
def test_the_base_is_pinned_and_the_same_for_all(image: Path) -> None:
    stages = stages_of(image)
    outside = {stage.base for stage in stages} - {stage.name for stage in stages}
    assert len(stages) >= 2, "what builds must not ship"
    assert all(re.fullmatch(r"(python|node):\d+\.\d+\.\d+-slim@sha256:[0-9a-f]{64}", base) for base in outside)
    assert stages[-1].base == stages_of(FUNCTIONS)[-1].base
    assert stages[-1].base.startswith("python:3.11.")


@every_image
def test_nobody_is_root(image: Path) -> None:
    last = stages_of(image)[-1]
    words = [word for word, _ in last.instructions]
    (user,) = last.all("USER")
    assert int(user) >= 10_000, "a number, so that the platform can see that it is not root"
    assert not {"RUN", "COPY", "ADD"} & set(words[words.index("USER") :])


@every_image
def test_what_is_copied_exists_and_is_part_of_the_repository(image: Path) -> None:
    sources = [name for stage in stages_of(image) for names, _, of in copies_of(stage) if of is None for name in names]
    assert sources
    for name in sources:
        shown = subprocess.run(["git", "ls-files", "--", name], cwd=ROOT, capture_output=True, text=True, check=True)
        assert shown.stdout, name
    assert all(not stage.all("ADD") for stage in stages_of(image)), "ADD fetches and unpacks unasked"


def is_below(name: str, folder: str) -> bool:
    return name == folder or name.startswith(f"{folder}/")


@every_image
def test_what_is_copied_is_not_ignored(image: Path) -> None:
    own = image.with_name("Dockerfile.dockerignore")
    lines = (own if own.exists() else ROOT / ".dockerignore").read_text().split("\n")
    patterns = [line for line in lines if line and not line.startswith("#")]
    for stage in stages_of(image):
        for names, _, source_stage in copies_of(stage):
            for name in names if source_stage is None else ():
                allowed = "**" not in patterns or any(is_below(name, kept[1:]) for kept in patterns if kept[0] == "!")
                assert allowed, name
                assert not any(is_below(name, line) for line in patterns), name


@every_image
def test_nothing_without_a_hash_is_installed(image: Path) -> None:
    runs = [run for stage in stages_of(image) for run in stage.all("RUN")]
    installs = [run for run in runs if re.search(r"\b(pip|apt|apt-get|curl|wget|uv)\b", run) and "venv" not in run]
    ours = [run for run in installs if {"--no-index", "--no-deps", "/dist/*.whl"} <= set(run.split())]
    assert len(ours) == (image == SERVER), "its own wheel, from the stage that has made it"
    assert all(
        {"--require-hashes", "--only-binary", ":all:"} <= set(run.split()) for run in installs if run not in ours
    )
    packages = [run for run in runs if re.match(r"npm (ci|i|install|add)\b", run)]
    assert all(run.startswith("npm ci --ignore-scripts ") for run in packages)
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9])", lock_of(image).read_text())
    unhashed = [block.split()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block]
    assert unhashed == []


@every_image
def test_settings_that_the_image_makes_are_known(image: Path) -> None:
    told = stages_of(image)[-1].environment()
    not_ours = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "LD_LIBRARY_PATH"}
    not_ours |= {"OPENBLAS_NUM_THREADS", "FUNCTION_SOURCE", "FUNCTION_TARGET", "HF_HUB_OFFLINE"}
    assert set(told) - not_ours <= {name.upper() for name in Settings.model_fields}
    assert Path(told["DATA_DIR"]).is_absolute(), "the working directory cannot be written"


def test_the_worker_loads_the_model_that_was_baked_in_under_its_own_name() -> None:
    _, model, _, worker = stages_of(WORKER)
    (fetched,) = (shlex.split(run) for run in model.all("RUN") if "gpu_job.fetch_model" in run)
    place = fetched[fetched.index("gpu_job.fetch_model") + 2]
    assert worker.environment()["MODEL"] == place == "/opt/models/$MODEL"
    assert [argument for argument in worker.all("ARG") if argument.startswith("MODEL=")] == ["MODEL=large-v3-turbo"]
    assert (["/opt/models"], "/opt/models", "model") in copies_of(worker)
    assert worker.environment()["OPENBLAS_NUM_THREADS"] == "1", "its threads would only spin (gpu_job/main.py)"
    assert shown_model(place.replace("$MODEL", "large-v3-turbo")) == "large-v3-turbo"


@pytest.mark.parametrize("image", [WORKER, SERVER], ids=name_of)
def test_what_tells_speakers_apart_is_baked_in(image: Path) -> None:
    """The command of the image, at the end of which a worker of that image finds them."""
    speakers, last = next(stage for stage in stages_of(image) if stage.name == "speakers"), stages_of(image)[-1]
    fetched, converted = map(shlex.split, speakers.all("RUN"))
    lock = Path(fetched[fetched.index("-r") + 1])
    assert (ROOT / "aisubs" / str(lock).split("/aisubs/")[-1]).is_file()
    assert converted[1:-1] == ["/opt/aisubs/bin/python", "-m", "aisubs", "models", "download", "speakers", "--from"]
    assert converted[-1] == f"{fetched[fetched.index('-d') + 1]}/*.whl"
    folder = f"{converted[0].removeprefix('MODEL_DIR=')}/speakers"
    assert last.environment()["SPEAKER_MODEL_DIR"] == folder
    assert ([folder], folder, "speakers") in copies_of(last)


# ── locks ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@every_image
def test_locks_hold_what_pyproject_asks_for(image: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [Requirement(f"aisubs[{','.join(EXTRAS[image])}]"), *map(Requirement, project["dependencies"])]
    have = locked(image)
    for requirement in wanted:
        if requirement.name == "aisubs":  # an extra that holds others
            wanted += [
                Requirement(part) for extra in requirement.extras for part in project["optional-dependencies"][extra]
            ]
            continue
        if requirement.marker and not requirement.marker.evaluate(PLATFORM):
            continue
        version = have.get(canonicalize_name(requirement.name))
        assert version, requirement.name
        assert requirement.specifier.contains(version), f"{requirement} but {version}: run `make lock`"


def test_images_agree_on_versions() -> None:
    everywhere: dict[str, set[str]] = {}
    for image in IMAGES:
        for name, version in locked(image).items():
            everywhere.setdefault(name, set()).add(version)
    assert {name: versions for name, versions in everywhere.items() if len(versions) > 1} == {}


def test_gpu_images_hold_cublas_and_no_more_of_cuda() -> None:
    for image in (WORKER, SERVER):
        names = set(locked(image))
        nvidia = {name for name in names if name.startswith("nvidia-")}
        assert nvidia == {"nvidia-cublas-cu12", "nvidia-cuda-nvrtc-cu12"}
        assert not names & {"torch", "torchaudio", "triton", "pyannote-audio"}
        path = stages_of(image)[-1].environment()["LD_LIBRARY_PATH"].split(":")
        assert any(part.endswith("nvidia/cublas/lib") for part in path)
    assert "/usr/local/nvidia/lib64" in stages_of(WORKER)[-1].environment()["LD_LIBRARY_PATH"].split(":")


def test_functions_hold_no_speech_model_and_the_worker_no_web_server() -> None:
    assert not set(locked(FUNCTIONS)) & {"faster-whisper", "ctranslate2", "onnxruntime", "nvidia-cublas-cu12"}
    assert not set(locked(WORKER)) & {"functions-framework", "flask", "gunicorn", "uvicorn"}


# ── enough to start ───────────────────────────────────────────────────────────────────────────────────────────────────

ONLY_LOCKED = """
import importlib.abc, importlib.metadata, re, sys
allowed, root = set(sys.argv[1].split(",")), sys.argv[2]
sys.path = [path for path in sys.path if not path or not path.rstrip("/") == root]
sys.meta_path = [finder for finder in sys.meta_path if "editable" not in repr(finder).lower()]
plain = lambda name: re.sub(r"[-_.]+", "-", name).lower()
known = importlib.metadata.packages_distributions()
class OnlyLocked(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        owners = {plain(owner) for owner in known.get(name.split(".")[0], ())}
        if owners and not owners & allowed and name.split(".")[0] not in ("aisubs", "functions", "gpu_job"):
            raise ModuleNotFoundError(f"{name} (of {owners}) is not in the lock", name=name)
sys.meta_path.insert(0, OnlyLocked())
"""


@every_image
def test_the_entry_point_starts_with_what_the_image_holds(image: Path, tmp_path: Path) -> None:
    """The image's files, in a process that may import nothing that its lock does not name."""
    app = lay_out(image, tmp_path) / "app"
    code = f"{ONLY_LOCKED}\n{STARTS[image]}\nimport aisubs; print(aisubs.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code, ",".join(locked(image)), str(ROOT)],
        env=os.environ | {"PYTHONPATH": str(app), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=app, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.strip().startswith(str(app)), "it was not the image's own copy that was imported"


def test_the_commands_lead_to_files_that_the_images_hold(tmp_path: Path) -> None:
    functions, worker, server = (stages_of(image)[-1] for image in IMAGES)
    assert functions.command() == ["functions-framework"]
    source = functions.environment()["FUNCTION_SOURCE"]
    assert (lay_out(FUNCTIONS, tmp_path / "functions") / source.lstrip("/")).is_file()
    python, flag, module, *_ = worker.command()
    assert (python, flag) == ("python", "-m")
    laid = lay_out(WORKER, tmp_path / "worker") / "app" / module.replace(".", "/")
    assert laid.with_suffix(".py").is_file()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert server.command()[0] in project["scripts"], "the wheel brings it"
    assert server.environment()["PATH"].startswith("/opt/aisubs/bin:")


# ── the server's wheel ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_server_s_wheel_is_made_of_all_that_a_release_s_is() -> None:
    """Whatever `make wheel` reads: a file that is left out would change the wheel or end the build."""
    wheel = next(stage for stage in stages_of(SERVER) if stage.name == "wheel")
    copied = {name.removeprefix("/src/") for names, _, _ in copies_of(wheel) for name in names}
    page = ast.parse((ROOT / "hatch_build.py").read_text())
    sources = {key.value for node in ast.walk(page) if isinstance(node, ast.Dict) for key in node.keys}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert sources == {"web/dist", "web/security-headers.json"}
    assert {
        *sources,
        "aisubs",
        "pyproject.toml",
        "hatch_build.py",
        project["readme"],
        *(name.removesuffix("/*") for name in project["license-files"]),
    } <= copied


def test_the_image_for_the_cpu_is_that_for_cuda_without_cuda() -> None:
    def versions(name: str) -> dict[str, str]:
        text = (SERVER.parent / name).read_text()
        assert not re.findall(r"(?m)^[a-z][^\n]*==[^\n\\]*\n(?!    --hash)", text)
        return dict(re.findall(r"(?m)^([A-Za-z0-9._-]+)==([^\s\\;]+)", text))

    cpu, cuda = versions("requirements-cpu.lock"), versions("requirements-cuda.lock")
    assert cpu == {name: version for name, version in cuda.items() if not name.startswith("nvidia-")}
    assert cpu != cuda
    (install,) = (run for run in stages_of(SERVER)[2].all("RUN") if "--require-hashes" in run)
    assert '"/tmp/requirements-$ACCELERATOR.lock"' in install
    assert stages_of(SERVER)[2].all("ARG") == ["ACCELERATOR=cpu"]


# ── the model ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def fetch(target: Path, sha256: str) -> subprocess.CompletedProcess[str]:
    """What the RUN of stage `model` does, for the model that needs no network."""
    command = [sys.executable, "-m", "gpu_job.fetch_model", str(TOY), str(target), "--revision", "", "--sha256", sha256]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_the_model_is_baked_in_with_revision_and_hash(tmp_path: Path) -> None:
    (bake,) = next(stage for stage in stages_of(WORKER) if stage.name == "model").all("RUN")
    assert {"--revision", "--sha256"} <= set(bake.split())
    digest = hashlib.sha256((TOY / "model.bin").read_bytes()).hexdigest()
    done = fetch(tmp_path / "model", digest)
    assert done.returncode == 0, done.stderr
    assert digest in done.stdout
    assert (tmp_path / "model/tokenizer.json").is_file()


def test_weights_with_another_hash_are_not_used(tmp_path: Path) -> None:
    done = fetch(tmp_path / "model", "0" * 64)
    assert done.returncode == 1
    assert not (tmp_path / "model").exists()


# ── docker-compose.yml ────────────────────────────────────────────────────────────────────────────────────────────────


def compose() -> dict[str, dict[str, object]]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"])


def test_compose_tells_settings_that_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    told = compose()["aisubs"]["environment"]
    assert isinstance(told, dict)
    assert set(told) <= {name.upper() for name in Settings.model_fields}
    for name, value in told.items():
        filled = re.sub(r"\$\{\w+:\?[^}]*\}", "secret", str(value))
        monkeypatch.setenv(name, re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", filled))
    read = Settings()
    assert read.database_url is not None
    assert read.database_url.get_secret_value() == "postgresql://aisubs:secret@database:5432/aisubs"
    assert (read.model, read.retention_hours) == ("auto", 168)


def test_compose_opens_no_door_to_the_world() -> None:
    services = compose()
    assert "ports" not in services["database"]
    ports = services["aisubs"]["ports"]
    assert isinstance(ports, list)
    assert ports
    assert all(str(port).startswith("127.0.0.1:") for port in ports)
    assert re.search(r"@sha256:[0-9a-f]{64}$", str(services["database"]["image"]))
    build = services["aisubs"]["build"]
    assert isinstance(build, dict)
    assert ROOT / build["dockerfile"] == SERVER
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert services["aisubs"]["image"] == f"${{AISUBS_IMAGE:-ghcr.io/aisubs/aisubs:v{version}}}"
    assert services["aisubs"]["read_only"] is True
    for service in services.values():
        assert service.get("healthcheck")


def test_the_lock_of_the_page_knows_every_platform() -> None:
    """npm 11 refuses `npm ci` where the lock lacks a package that only another platform would install."""
    packages = json.loads((ROOT / "web/package-lock.json").read_text())["packages"]
    missing = []
    for path, package in packages.items():
        for name in package.get("optionalDependencies", {}):
            folders = path.split("/node_modules/")
            places = ["/node_modules/".join([*folders[:depth], name]) for depth in range(len(folders), 0, -1)]
            if not any(place in packages for place in [*places, f"node_modules/{name}"]):
                missing.append(f"{path}: {name}")
    assert missing == []
