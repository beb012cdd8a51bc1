"""infra/ as Terraform sees it, and what its containers are told: exactly settings that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from aisubs.cli.preflight.worker import L4_BY_REQUEST, L4_REGIONS
from aisubs.settings import Settings
from tests.rules.terraform import (
    FUNCTION,
    INFRA,
    MODULES,
    ROOT,
    copied,
    needs_terraform,
    parsed,
    resources,
    terraform,
    text_of,
)

FUNCTIONS_FRAMEWORK = {"FUNCTION_TARGET"}
"""What a container is told that is no setting of ours."""


def test_files_are_formatted() -> None:
    needs_terraform()
    done = terraform(INFRA, "fmt", "-check", "-recursive")
    assert done.stdout.split() == [], done.stderr


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_modules_without_provider_pass_their_own_tests(module: Path, tmp_path: Path) -> None:
    needs_terraform()
    target = copied(module, tmp_path)
    done = terraform(target, "test", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"[1-9]\d* passed, 0 failed", done.stdout), "a module without tests"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_logic_modules_need_no_provider(module: Path) -> None:
    assert not {"resource", "data", "provider", "terraform"} & set(parsed(module))


def test_references_lead_somewhere() -> None:
    """What `terraform validate` would say, where the provider cannot be had."""
    text = text_of()
    declared = parsed()
    variables = {name for block in declared["variable"] for name in block}
    local_names = {name for block in declared["locals"] for name in block}
    modules = {name: body for block in declared["module"] for name, body in block.items()}
    missing = [f"var.{name}" for name in re.findall(r"\bvar\.(\w+)", text) if name not in variables]
    missing += [f"local.{name}" for name in re.findall(r"\blocal\.(\w+)", text) if name not in local_names]
    for module, output in re.findall(r"\bmodule\.(\w+)\.(\w+)", text):
        known = {name for block in parsed(INFRA / modules[module]["source"])["output"] for name in block}
        missing += [f"module.{module}.{output}"] if output not in known else []
    known_resources = set(resources())
    missing += [
        f"{kind}.{name}"
        for kind, name in re.findall(r"(?<![\w.])(google_\w+)\.(\w+)", re.sub(r"\bdata\.\w+\.\w+", "", text))
        if f"{kind}.{name}" not in known_resources
    ]
    data = {f"{kind}.{name}" for block in declared["data"] for kind, named in block.items() for name in named}
    missing += [name for name in re.findall(r"\bdata\.(\w+\.\w+)", text) if name not in data]
    assert missing == []


def test_modules_get_the_variables_that_they_ask_for() -> None:
    for block in parsed()["module"]:
        for module, said in block.items():
            inputs: dict[str, Any] = {}
            for variable in parsed(INFRA / said["source"]).get("variable", []):
                inputs |= variable
            given = set(said) - {"source", "count", "for_each", "depends_on"}
            needed = {name for name, body in inputs.items() if "default" not in body}
            assert needed <= given <= set(inputs), module


def test_every_variable_of_the_root_is_explained_and_used() -> None:
    text = text_of()
    for block in parsed()["variable"]:
        for name, body in block.items():
            assert body.get("description"), name
            # Its own validation names it too, so the declaration does not count.
            elsewhere = re.sub(rf'(?ms)^variable "{name}" {{.*?^}}', "", text)
            assert re.search(rf"\bvar\.{name}\b", elsewhere), name


@pytest.mark.parametrize("folder", [*MODULES, FUNCTION, INFRA / "supabase"], ids=lambda path: path.name)
def test_every_variable_of_a_module_is_used(folder: Path) -> None:
    text = text_of(folder)
    declared = [name for block in parsed(folder)["variable"] for name in block]
    without = {name: re.sub(rf'(?ms)^variable "{name}" {{.*?^}}', "", text) for name in declared}
    assert [name for name in declared if not re.search(rf"\bvar\.{name}\b", without[name])] == []


def test_settings_that_are_wired_are_read_by_somebody(environment: dict[str, dict[str, str]]) -> None:
    """A switch that reaches the container and turns nothing is a lie."""
    files = [path for room in ("aisubs", "functions", "gpu_job") for path in (ROOT / room).rglob("*.py")]
    code = "\n".join(path.read_text() for path in files if path.name != "settings.py")
    inside = (ROOT / "aisubs/settings.py").read_text()
    wired = {name.lower() for told in environment.values() for name in told}
    unread = {name for name in wired if not re.search(rf"\.{name}\b", code) and f"self.{name}" not in inside}
    assert unread == set()


def test_containers_are_told_settings_that_exist(environment: dict[str, dict[str, str]]) -> None:
    known = {name.upper() for name in Settings.model_fields}
    unknown = {f"{who}: {name}" for who, told in environment.items() for name in told if name not in known}
    assert unknown == set()
    literal = set(re.findall(r'name\s*=\s*"([A-Z_]+)"', text_of() + text_of(FUNCTION)))
    assert literal - known == FUNCTIONS_FRAMEWORK


def test_settings_read_what_containers_are_told(
    environment: dict[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The values survive the way from HCL through strings to typed settings."""
    monkeypatch.chdir(tmp_path)  # no .env of a developer
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    read = {}
    for who, told in environment.items():
        with pytest.MonkeyPatch.context() as container:
            for name, value in told.items():
                container.setenv(name, value)
            read[who] = Settings()
    assert (read["api"].queue_capacity, read["api"].uploads_per_owner, read["api"].proxy_hops) == (9, 6, 1)
    assert read["api"].cancel_running is True
    assert read["api"].max_upload_bytes == 3 * 1024**3
    assert read["api"].media_url_ttl_s == 7200
    assert (read["api"].model, read["api"].chosen_models) == ("large-v3-turbo", ("large-v3", "small"))
    assert (read["api"].price_per_hour, read["api"].price_currency) == (1.05, "EUR")
    assert read["api"].supabase_publishable_key == "sb_publishable_abc"
    assert read["on_upload"].max_duration_hours == 7
    assert read["apply_retention"].retention_hours == 100
    assert read["recover_stale"].recover_batch == 5
    assert {read[who].gpu_patience_minutes for who in ("dispatch", "recover_stale")} == {20}
    assert read["dispatch"].daily_gpu_seconds == 5400
    assert str(read["dispatch"].cloud_run_overflow_job).endswith("us-central1/jobs/aisubs-overflow")
    assert read["dispatch"].cloud_run_overflow_job == read["recover_stale"].cloud_run_overflow_job
    assert read["worker"].device == "cuda"
    assert read["worker"].task_timeout_s == 3600
    assert read["worker"].task_timeout_s > read["worker"].soft_deadline_margin_s
    assert read["worker"].cloud_run_job is None, "Cloud Run sets this name itself in a job, to something else"
    assert len({settings.store_url for settings in read.values()}) == 1


def test_functions_are_those_of_the_code(names: dict[str, Any], environment: dict[str, dict[str, str]]) -> None:
    tree = ast.parse((ROOT / "functions/main.py").read_text())
    doors = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any("functions_framework" in ast.unparse(decorator) for decorator in node.decorator_list)
    }
    assert set(names["functions"]) == doors == set(environment) - {"worker"}


def test_preflight_and_infra_know_the_same_regions() -> None:
    (said,) = parsed(INFRA / "modules/places")["locals"]
    assert tuple(said["l4_regions"]) == L4_REGIONS
    assert tuple(said["by_request"]) == L4_BY_REQUEST
