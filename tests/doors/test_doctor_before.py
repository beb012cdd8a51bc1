"""`aisubs doctor --cloud --before`: a new project is fit, and what would stop a first apply is found before it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials

from aisubs.cli import main
from aisubs.cli.finding import Finding
from aisubs.cli.preflight.before import APIS, examine_before
from aisubs.cli.preflight.rest import Rest
from aisubs.cli.preflight.wanted import Wanted, read_wanted
from tests.doors.empty_project import (
    CPU,
    JOBS,
    L4,
    MADE_SERVICES,
    MEMORY,
    RIGHTS,
    SERVICES,
    already_there,
    locations_path,
    new_project,
    policy,
    policy_path,
    quota,
    quota_violated,
    service_disabled,
)
from tests.doors.google_project import PROJECT, GoogleProject, google_project
from tests.rules.terraform import INFRA, parsed

WANTED = Wanted(PROJECT)


@pytest.fixture
def google() -> Iterator[GoogleProject]:
    with google_project(new_project()) as project:
        yield project


def examined(google: GoogleProject, wanted: Wanted = WANTED) -> list[Finding]:
    return list(examine_before(wanted, Rest(AnonymousCredentials(), google.url)))  # type: ignore[no-untyped-call]


def failures(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if not finding.ok]


def test_a_new_project_with_the_reported_quotas_is_fit_and_nothing_is_made(google: GoogleProject) -> None:
    findings = examined(google)
    assert failures(findings) == []
    assert [finding.name for finding in findings] == [
        "apis", "rights", "locations", "quotas", "policies", "would be made"
    ]  # fmt: skip
    assert findings[3].detail == "3 L4, 20 vCPU, 40 GiB in europe-west1"
    making = [
        query for call, query in zip(google.asked, google.queries, strict=True) if re.search("jobs$|services$", call)
    ]
    assert len(making) == 2
    assert all("validateOnly=true" in query for query in making)


def set_at(path: str, to: Any) -> Callable[[GoogleProject], None]:
    return lambda google: google.answers.update({path: to})


def off(*names: str) -> Callable[[GoogleProject], None]:
    def change(google: GoogleProject) -> None:
        for service in google.change(SERVICES)["services"]:
            if service["config"]["name"].split(".")[0] in names:
                service["state"] = "DISABLED"

    return change


def without(permission: str) -> Callable[[GoogleProject], None]:
    return lambda google: google.change(RIGHTS)["permissions"].remove(permission)


def nowhere(api: str) -> Callable[[GoogleProject], None]:
    return set_at(locations_path(api), {"locations": [{"locationId": "us-central1"}]})


GIB = 1024**3
OBSTACLES: dict[str, tuple[Callable[[GoogleProject], None], str, str]] = {
    "an API is off": (off("eventarc"), "eventarc.googleapis.com", "gcloud services enable eventarc.googleapis.com"),
    "no actAs": (without("iam.serviceAccounts.actAs"), "iam.serviceAccounts.actAs", "add-iam-policy-binding"),
    "no queue on the continent": (nowhere("cloudtasks"), "Cloud Tasks is not in europe-west1", "Set tasks_region"),
    "no scheduler on the continent": (nowhere("cloudscheduler"), "Cloud Scheduler is not in", "Set scheduler_region"),
    "no GPU": (set_at(L4, quota("0")), "2 workers need 2 L4; europe-west1 gives you 0", "gpu_enabled = false"),
    "one GPU": (set_at(L4, quota("1")), "gives you 1", "concurrency = 1"),
    "no quota named": (set_at(L4, {}), "gives you 0", "gcloud beta quotas preferences create"),
    "few vCPU": (set_at(CPU, quota("4000")), "need 8 vCPU; europe-west1 gives you 4", "concurrency = 1"),
    "little memory": (set_at(MEMORY, quota(str(24 * GIB))), "need 32 GiB; europe-west1 gives you 24", "34359738368"),
    "a policy of places": (
        set_at(policy_path("gcp.resourceLocations"), policy("x", {"values": {"allowedValues": ["in:us-locations"]}})),
        "nothing may be made in europe-west1",
        "exception",
    ),
    "a policy of ingress": (
        set_at(policy_path("run.allowedIngress"), policy("x", {"values": {"allowedValues": ["is:internal"]}})),
        "could not be reached",
        "gcloud org-policies describe run.allowedIngress",
    ),
    "a policy of accounts": (
        set_at(policy_path("iam.disableServiceAccountCreation"), policy("x", {"enforce": True})),
        "no accounts of their own",
        "exception",
    ),
    "Cloud Run refuses the job": (
        set_at(JOBS, quota_violated()),
        "refuses the job: .*MemAllocPerProjectRegion",
        "tfvars",
    ),
    "Cloud Run refuses the service": (set_at(MADE_SERVICES, 403), "refuses the service", "tfvars"),
    "an API is off while it is asked": (
        set_at(L4, service_disabled("cloudquotas.googleapis.com", "Cloud Quotas API")),
        "cloudquotas.googleapis.com is off",
        "gcloud services enable cloudquotas.googleapis.com",
    ),
}


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_each_obstacle_is_found_with_what_mends_it(obstacle: str, google: GoogleProject) -> None:
    make, said, mended_by = OBSTACLES[obstacle]
    make(google)
    (found,) = failures(examined(google))
    assert re.search(said, found.detail, re.DOTALL), found
    assert mended_by in found.advice, found


def test_what_is_next_door_or_there_already_is_no_obstacle(google: GoogleProject) -> None:
    google.answers[locations_path("cloudtasks")] = {"locations": [{"locationId": "europe-west3"}]}
    google.answers[JOBS] = already_there()
    assert failures(examined(google)) == []
    (found,) = failures(examined(google, replace(WANTED, tasks_region="europe-west1")))
    assert "Set tasks_region to one of europe-west3" in found.advice


def test_policies_that_one_may_not_read_are_said_not_to_be_looked_at(google: GoogleProject) -> None:
    google.answers[policy_path("gcp.resourceLocations")] = service_disabled(
        "orgpolicy.googleapis.com", "Org Policy API"
    )
    findings = examined(google)
    assert failures(findings) == []
    assert any("Not looked at: orgpolicy.googleapis.com is off" in finding.detail for finding in findings)


def test_an_open_api_is_asked_about_only_where_it_is_wanted(google: GoogleProject) -> None:
    google.answers[policy_path("run.managed.requireInvokerIam")] = policy("x", {"enforce": True})
    assert failures(examined(google)) == []
    (found,) = failures(examined(google, replace(WANTED, api_public=True)))
    assert "api_public = true is refused" in found.detail


def test_places_of_europe_are_known_by_each_of_their_names(google: GoogleProject) -> None:
    for name in ("europe-west1", "in:europe-west1-locations", "in:eu-locations", "in:europe-locations"):
        allowed = policy("x", {"values": {"allowedValues": [name]}})
        google.answers[policy_path("gcp.resourceLocations")] = allowed
        assert failures(examined(google)) == [], name


def test_without_a_gpu_its_quota_is_not_asked(google: GoogleProject) -> None:
    google.answers[L4] = 404
    google.answers[CPU] = quota("16000")
    assert failures(examined(google, replace(WANTED, gpu_enabled=False))) == []


def test_the_example_of_variables_can_be_read(tmp_path: Path) -> None:
    wanted = read_wanted(INFRA / "terraform.tfvars.example")
    assert wanted.project
    file = tmp_path / "terraform.tfvars"
    file.write_text(
        'project_id = "p-4711"  # ours\nregion = "us-central1"\ngpu_enabled = false\nworker_memory_gib = 24\n'
        'limits = {\n  concurrency = 5\n}\n# api_public = true\nmodel = "small"\n'
    )
    assert read_wanted(file) == Wanted(
        "p-4711", "us-central1", gpu_enabled=False, worker_memory_gib=24, concurrency=5
    )  # fmt: skip


def test_defaults_and_apis_are_those_of_infra() -> None:
    variables = {name: body for block in parsed()["variable"] for name, body in block.items()}
    for name in ("region", "name", "gpu_enabled", "api_public", "tasks_region", "scheduler_region"):
        assert variables[name]["default"] == getattr(WANTED, name), name
    assert "optional(number, 2)" in str(variables["limits"]["type"])
    (enabled,) = [
        block["google_project_service"]["api"] for block in parsed()["resource"] if "google_project_service" in block
    ]
    assert {f"{api}.googleapis.com" for api in APIS} - set(re.findall(r"\w+\.googleapis\.com", str(enabled))) <= {
        "cloudresourcemanager.googleapis.com"
    }


def test_the_command_says_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main(["doctor", "--cloud", "--before", "nowhere.tfvars", "--json"]) == 3
    (check,) = json.loads(capsys.readouterr().out)["checks"]
    assert check["name"] == "settings"
    (tmp_path / "x.tfvars").write_text('region = "europe-west1"\n')
    assert main(["doctor", "--cloud", "--before", "x.tfvars", "--json"]) == 3
    assert "names no project_id" in capsys.readouterr().out
    assert main(["doctor", "--before", "x.tfvars"]) == 2
