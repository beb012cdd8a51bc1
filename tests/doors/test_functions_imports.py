"""What the doors load: cold starts are paid for, and a worker has no use for a web framework."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.cold_start import cloud_variables
from tests.doubles.gcs import Gcs
from tests.doubles.google_identity import GoogleIdentity

ROOT = Path(__file__).parents[2]
SPEECH = ("faster_whisper", "ctranslate2", "onnxruntime", "torch", "transformers", "huggingface_hub")
WEB = ("fastapi", "starlette", "uvicorn", "flask", "werkzeug", "functions_framework", "gunicorn", "websockets")
CLIENTS = ("google.cloud.storage", "google.cloud.tasks_v2", "google.cloud.run_v2", "supabase", "boto3", "psycopg")


def loaded(statements: str, **variables: str) -> set[str]:
    """The modules of a fresh process that has run these statements."""
    script = f"{statements}\nimport sys\nprint(*sys.modules)"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **variables}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    with GoogleIdentity() as identity, Gcs(identity) as gcs:
        return cloud_variables(identity, gcs, tmp_path)


def test_importing_the_functions_loads_no_client_and_no_model() -> None:
    assert loaded("import functions.main") & {*SPEECH, *CLIENTS} == set()


def test_a_function_at_work_loads_its_clients_and_no_model(variables: dict[str, str]) -> None:
    modules = loaded("from functions.main import the_app, the_callers\nthe_app()\nthe_callers()", **variables)
    assert {"google.cloud.storage", "google.cloud.tasks_v2", "google.cloud.run_v2"} <= modules
    assert modules & {*SPEECH, "boto3", "psycopg"} == set()


def test_a_function_that_decides_on_speakers_anew_needs_no_runtime_of_networks() -> None:
    statements = (
        "import sys\nsys.modules['onnxruntime'] = None\n"
        "from aisubs.model.turns import SpeakerCount\nfrom aisubs.settings import Settings\n"
        "from aisubs.wiring_workers import deciders_of\n"
        "assert [decider.decide([], 0, SpeakerCount()) for decider in deciders_of(Settings())] == [[]]"
    )
    assert loaded(statements) & {"torch", "av", "huggingface_hub"} == set()


def test_a_worker_in_cloud_run_loads_no_web_framework_and_no_client_of_cloud_run(variables: dict[str, str]) -> None:
    statements = (
        "from gpu_job import main\nimport aisubs.duties, aisubs.pipeline.work\n"
        "from aisubs.settings import read_settings\nfrom aisubs.wiring import make_app\n"
        "make_app(read_settings())"
    )
    modules = loaded(statements, **variables | {"CLOUD_RUN_JOB": "worker", "CLOUD_RUN_EXECUTION": "worker-abc"})
    assert "google.cloud.storage" in modules
    assert modules & {*WEB, "google.cloud.run_v2"} == set()
