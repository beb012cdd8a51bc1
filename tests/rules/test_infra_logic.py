"""The root's own logic, evaluated by Terraform: what the doctor is told, what alerts hear, what the dashboard shows."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from aisubs.cli.preflight.deployment import named_in
from aisubs.settings import Settings
from tests.rules.terraform import INFRA, evaluated_root, needs_terraform

VARIABLES = {
    "project_id": "subtitles-4711",
    "supabase_url": "https://abcdefghijklmnopqrst.supabase.co",
    "supabase_publishable_key": "sb_publishable_abc",
    "allowed_origins": ["https://subtitles.example"],
    "limits": {"concurrency": 2},
}


SHOWN = "https://aisubs-dispatch-k3j5x7abcd-ez.a.run.app"
"""The other form of an address, whose random part is only known once a service is there."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    needs_terraform()
    names = ("alerts", "log_metrics", "log_filters", "dashboard", "function_shapes")
    wanted = {name: f"local.{name}" for name in names} | {"functions": "module.names.functions"}
    audiences = re.search(
        r"SERVICE_AUDIENCE = (join\(.*?\n    \]\)\))", (INFRA / "functions.tf").read_text(), re.DOTALL
    )
    assert audiences is not None
    wanted["audiences"] = audiences[1].replace('module.function["dispatch"].uri', f'"{SHOWN}"')
    return evaluated_root(tmp_path_factory.mktemp("root"), VARIABLES, wanted)


def test_events_are_admitted_under_both_addresses(root: dict[str, Any]) -> None:
    """Eventarc makes its tokens out to the address with the random part, which on_upload cannot know of itself."""
    assert root["wanted_audiences"].split(",") == [
        "https://aisubs-on-upload-123456789012.europe-west1.run.app",
        "https://aisubs-on-upload-k3j5x7abcd-ez.a.run.app",
    ]


def legacy_key(role: str) -> str:
    """As Supabase made them: a JWT. Its base64url has letters that base64 has not, and no padding."""
    words = [json.dumps(part).encode() for part in ({"alg": "HS256"}, {"role": role, "ref": "ÿþ?>~"})]
    return ".".join([*(base64.urlsafe_b64encode(word).rstrip(b"=").decode() for word in words), "signature"])


def image(path: str) -> str:
    return f"europe-west1-docker.pkg.dev/subtitles-4711/{path}@sha256:{'0' * 64}"


def told_to_the_api(folder: Path, variables: dict[str, Any]) -> dict[str, str]:
    needs_terraform()
    wanted = {"api": 'module.environment.functions["api"]'}
    told: dict[str, str] = evaluated_root(folder, VARIABLES | variables, wanted)["wanted_api"]
    return told


@pytest.mark.parametrize("key", ["sb_publishable_abc", legacy_key("anon"), ""])
def test_the_api_is_told_what_browsers_may_know(tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {"supabase_publishable_key": key, "worker_tokens": bool(key), "price": {"per_hour": 0.63}}
    told = told_to_the_api(tmp_path, wanted)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert (settings.supabase_publishable_key or "") == key
    assert (settings.model, settings.price_per_hour, settings.price_currency) == ("large-v3-turbo", 0.63, "USD")


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        ({"supabase_publishable_key": "sb_secret_abc"}, "secret key"),
        ({"supabase_publishable_key": legacy_key("service_role")}, "another role than anon"),
        ({"supabase_publishable_key": ""}, "or set worker_tokens = false"),
        ({"image_source": "hub"}, "build or release"),
        ({"image_source": "release", "model": "small"}, "holds large-v3-turbo"),
        ({"image_source": "release", "source_repository": "projects/p"}, "not both"),
        ({"image_source": "release", "worker_image": image("aisubs/gpu_job")}, "of the other image_source"),
        ({"functions_image": image("aisubs-released/aisubs/functions")}, "of the other image_source"),
        ({"models": ["large-v3,small"]}, "names such as"),
        ({"price": {"per_hour": -1}}, "per_hour is 0 or more"),
        ({"price": {"per_hour": 1, "currency": "dollars"}}, "ISO 4217"),
        ({"limits": {"media_url_ttl_s": 86_400}}, "12 hours"),
        ({"overflow": {"gpu_enabled": True}}, "wait for the same machines"),
        ({"overflow": {"region": "europe-north1", "gpu_enabled": True}}, "has no L4"),
        ({"api_public": True, "api_callers": ["user:a@example.com"]}, "everybody may call"),
        ({"tasks_region": "europe-west4"}, "Cloud Tasks is not in europe-west4"),
        ({"region": "europe-north1"}, "has no L4"),
        ({"worker_memory_gib": 24}, "24 GiB of memory need more than 4 vCPUs"),
    ],
    ids=str,
)
def test_the_root_refuses_what_would_do_harm(tmp_path: Path, variables: dict[str, Any], complaint: str) -> None:
    with pytest.raises(AssertionError) as refused:
        told_to_the_api(tmp_path, variables)
    assert complaint in re.sub(r"[\s│]+", " ", str(refused.value))


def test_images_of_a_release_are_taken_as_the_release_names_them(tmp_path: Path) -> None:
    names = ("functions", "gpu_job")
    functions, worker = (image(f"aisubs-released/aisubs/{name}") for name in names)
    chosen = {"image_source": "release", "functions_image": functions, "worker_image": worker}
    assert told_to_the_api(tmp_path, chosen)["SUPABASE_PUBLISHABLE_KEY"] == "sb_publishable_abc"


def test_the_doctor_is_told_all_that_it_needs(root: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    lines = root["doctor_env"].splitlines()
    assert lines
    assert not re.search(r"[ '\"$*]", root["doctor_env"]), "it goes through the shell unquoted"
    for line in lines:
        name, _, value = line.partition("=")
        assert name.lower() in Settings.model_fields
        monkeypatch.setenv(name, value)
    settings = Settings()
    deployment, findings = named_in(settings)
    assert deployment is not None
    assert [finding.detail for finding in findings] == ["project subtitles-4711, region europe-west1"]
    assert (deployment.queue_id, deployment.job_id) == ("aisubs-dispatch", "aisubs-worker")
    assert (settings.concurrency, settings.task_timeout_s, settings.device) == (2, 3600, "cuda")
    assert settings.results_url == "gs://subtitles-4711-aisubs-results"
    assert settings.supabase_service_key is None


def test_filters_of_logs_are_well_formed(root: dict[str, Any]) -> None:
    for name, said in root["wanted_log_filters"].items():
        assert said.count("(") == said.count(")"), name
        assert said.count('"') % 2 == 0, name
        for event in root["wanted_log_metrics"][name]["events"]:
            assert f'"{event}"' in said
        assert 'resource.labels.job_name="aisubs-worker"' in said
        assert 'resource.labels.service_name=~"^aisubs-"' in said


def test_alerts_ask_for_one_metric_of_one_resource(root: dict[str, Any]) -> None:
    """Cloud Monitoring refuses a condition without exactly one of each."""
    for name, alert in root["wanted_alerts"].items():
        assert len(re.findall(r'metric\.type="[^"]+"', alert["filter"])) == 1, name
        assert len(re.findall(r'resource\.type="[^"]+"', alert["filter"])) == 1, name
        assert "${" not in alert["filter"], name
        assert alert["severity"] in ("WARNING", "ERROR", "CRITICAL")


def test_tiles_of_the_dashboard_lie_side_by_side(root: dict[str, Any]) -> None:
    layout = root["wanted_dashboard"]["mosaicLayout"]
    cells = Counter(
        (column, row)
        for tile in layout["tiles"]
        for column in range(tile["xPos"], tile["xPos"] + tile["width"])
        for row in range(tile["yPos"], tile["yPos"] + tile["height"])
    )
    assert set(cells.values()) == {1}
    assert max(column for column, _ in cells) < layout["columns"]
    assert len(layout["tiles"]) >= 8


def test_every_function_has_a_shape(root: dict[str, Any]) -> None:
    assert set(root["wanted_function_shapes"]) == set(root["wanted_functions"])
    for name, shape in root["wanted_function_shapes"].items():
        assert 0 < shape["timeout_s"] <= 3600, name
        assert re.fullmatch(r"512Mi|1Gi", shape["memory"]), name
