"""`aisubs doctor --cloud`: a sound project passes, and each usual mistake is found with the command that mends it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from google.auth.credentials import AnonymousCredentials

from aisubs.cli import main
from aisubs.cli.finding import Finding
from aisubs.cli.preflight import examine_cloud
from aisubs.cli.preflight.deployment import Deployment
from aisubs.cli.preflight.project import Project
from aisubs.model.component_token import make_token
from aisubs.settings import Settings
from tests.doors.google_project import (
    BUCKET,
    JOB,
    PLACE,
    PROJECT,
    QUEUE,
    QUOTA,
    REGION,
    GoogleProject,
    account,
    email,
    google_project,
    policy,
)
from tests.doubles.supabase_rpc import Keys, SupabaseRpc
from tests.postgres import Servers

CLOUD = {
    "store_url": f"gs://{BUCKET}",
    "cloud_tasks_queue": QUEUE,
    "cloud_run_job": JOB,
    "dispatch_url": "https://aisubs-dispatch-123456.europe-west4.run.app",
    "tasks_service_account": email("tasks"),
    "signing_service_account": email("api"),
    "allowed_origins": "https://subtitles.example",
}

HAD = "aisubs.schema_migrations"


@pytest.fixture
def google() -> Iterator[GoogleProject]:
    with google_project() as project:
        yield project


def examined(google: GoogleProject, database_url: str | None, **settings: Any) -> list[Finding]:
    def connect(deployment: Deployment) -> Project:
        return Project(deployment, AnonymousCredentials(), endpoint=google.url)  # type: ignore[no-untyped-call]

    return list(examine_cloud(Settings(**(CLOUD | {"database_url": database_url} | settings)), connect))


def failures(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if not finding.ok]


def test_a_project_as_infra_makes_it_passes(google: GoogleProject, database_url: str) -> None:
    findings = examined(google, database_url)
    assert failures(findings) == []
    names = [finding.name for finding in findings]
    assert names == [
        "settings", "database", "release", "spending", "bucket", "cors", "trigger", "functions", "queue", "worker",
        "gpu quota",
    ]  # fmt: skip
    assert findings[3].detail == "workers: today 0.0 h, without a limit; this month 0.0 h"
    assert all(call.startswith("GET ") or call.endswith(":getIamPolicy") for call in google.asked), "it only reads"


def set_at(path: str, *keys: str | int, to: Any) -> Callable[[GoogleProject], None]:
    def change(google: GoogleProject) -> None:
        place: Any = google.change(path)
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = to

    return change


def answer_with(path: str, answer: Any) -> Callable[[GoogleProject], None]:
    def change(google: GoogleProject) -> None:
        google.answers[path] = answer

    return change


def without(function: str) -> Callable[[GoogleProject], None]:
    def change(google: GoogleProject) -> None:
        google.change(f"/v2/{PLACE}/services")["services"].remove(google.service(function))

    return change


BUCKET_PATH = f"/storage/v1/b/{BUCKET}"
EVERYBODY = [account(component) for component in ("ingest", "api", "maintenance", "worker")]
SERVICES = f"/v2/{PLACE}/services"
TASK = ("template", "template")
DEFAULT_ACCOUNT = "1-compute@developer.gserviceaccount.com"
TASKS_ACCOUNT = f"/v1/projects/{PROJECT}/serviceAccounts/{email('tasks')}:getIamPolicy"
API_ACCOUNT = f"/v1/projects/{PROJECT}/serviceAccounts/{email('api')}:getIamPolicy"

MISTAKES: dict[str, tuple[Callable[[GoogleProject], None], str, str]] = {
    # what is wrong: how, what is said, what mends it
    "no bucket": (answer_with(BUCKET_PATH, 404), "is not there", "terraform -chdir=infra apply"),
    "bucket elsewhere": (
        set_at(BUCKET_PATH, "location", to="US-EAST1"),
        "in us-east1, the workers are in",
        "bucket_location",
    ),
    "soft delete": (
        set_at(BUCKET_PATH, "softDeletePolicy", "retentionDurationSeconds", to="604800"),
        "keeps deleted recordings for 7 more days",
        "--clear-soft-delete",
    ),
    "may become public": (
        set_at(BUCKET_PATH, "iamConfiguration", "publicAccessPrevention", to="inherited"),
        "could be made public",
        "--public-access-prevention",
    ),
    "is public": (
        answer_with(f"{BUCKET_PATH}/iam", policy(roles__storage__objectAdmin=["allUsers", *EVERYBODY])),
        "recordings are public",
        "remove-iam-policy-binding",
    ),
    "ingest cannot read": (
        answer_with(
            f"{BUCKET_PATH}/iam",
            policy(
                roles__storage__objectViewer=[account("api"), account("worker"), account("maintenance")],
                roles__storage__objectCreator=[account("api"), account("worker")],
            ),
        ),
        f"on_upload \\({account('ingest')}\\) lacks roles/storage.objectViewer",
        f"--member {account('ingest')} --role roles/storage.objectViewer",
    ),
    "no cors": (set_at(BUCKET_PATH, "cors", to=[]), "no CORS rule for https://subtitles.example", "allowed_origins"),
    "cors without PUT": (set_at(BUCKET_PATH, "cors", 0, "method", to=["GET"]), "does not allow PUT", "cors.json"),
    "cors hides Range": (
        set_at(BUCKET_PATH, "cors", 0, "responseHeader", to=["Location"]),
        "hides content-range, range",
        "cors",
    ),
    "no trigger": (answer_with(f"/v1/{PLACE}/triggers", {}), "No Eventarc trigger in europe-west4", "apply"),
    "function missing": (without("dispatch"), "dispatch is not deployed in europe-west4", "functions_image"),
    "stranger at the door": (
        answer_with(f"{SERVICES}/aisubs-recover-stale:getIamPolicy", policy(roles__run__invoker=["allUsers"])),
        "Anybody may call recover_stale",
        "remove-iam-policy-binding aisubs-recover-stale",
    ),
    "tasks may not call": (
        answer_with(f"/v2/{PLACE}/services/aisubs-dispatch:getIamPolicy", policy()),
        "may not call dispatch",
        f"--member {account('tasks')} --role roles/run.invoker",
    ),
    "default account": (
        set_at(f"/v2/{PLACE}/services", "services", 1, "template", "serviceAccount", to=DEFAULT_ACCOUNT),
        "dispatch runs as the default service account",
        "apply",
    ),
    "other bucket": (
        set_at(f"/v2/{PLACE}/services", "services", 0, "template", "containers", 0, "env", 1, "value", to="gs://old"),
        "on_upload is told STORE_URL=gs://old",
        "apply",
    ),
    "cannot sign": (answer_with(API_ACCOUNT, {}), "no download links", "roles/iam.serviceAccountTokenCreator"),
    "paused queue": (
        set_at(f"/v2/{QUEUE}", "state", to="PAUSED"),
        "is PAUSED: wake-ups wait",
        "gcloud tasks queues resume aisubs-dispatch",
    ),
    "no queue": (answer_with(f"/v2/{QUEUE}", 404), "is not there", "queue_generation"),
    "cannot enqueue": (
        answer_with(f"/v2/{QUEUE}:getIamPolicy", policy()),
        "may not put tasks into the queue",
        "roles/cloudtasks.enqueuer",
    ),
    "cannot act as": (
        answer_with(TASKS_ACCOUNT, {}),
        "may not make tasks that call as",
        "roles/iam.serviceAccountUser",
    ),
    "no job": (answer_with(f"/v2/{JOB}", 404), "jobs/aisubs-worker is not there", "worker_image"),
    "two authorities": (set_at(f"/v2/{JOB}", *TASK, "maxRetries", to=3), "repeat a failed task", "--max-retries 0"),
    "short timeout": (set_at(f"/v2/{JOB}", *TASK, "timeout", to="600s"), "ends it after 600 s", "--task-timeout 3600s"),
    "image by tag": (set_at(f"/v2/{JOB}", *TASK, "containers", 0, "image", to="x:1"), "named by a tag", "digest"),
    "cannot start": (
        answer_with(f"/v2/{JOB}:getIamPolicy", policy(roles__run__invoker=[account("dispatch")])),
        "may not start workers",
        "roles/run.jobsExecutorWithOverrides",
    ),
    "quota 0": (
        set_at(QUOTA, "dimensionsInfos", to=[{"details": {}, "applicableLocations": [REGION]}]),
        "is 0: no worker can start",
        "gcloud beta quotas preferences create",
    ),
    "quota 1": (
        set_at(QUOTA, "dimensionsInfos", 0, "details", "value", to="1"),
        "CONCURRENCY is 3, but europe-west4 gives you 1 L4",
        "concurrency = 1",
    ),
    "not allowed to ask": (
        answer_with(f"/v2/{QUEUE}:getIamPolicy", 403),
        "You may not ask for the queue's policy",
        "roles/iam.securityReviewer",
    ),
    "an API is off": (answer_with(QUOTA, 403), "You may not ask for cloudquotas.googleapis.com", "roles/viewer"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_found_with_what_mends_it(mistake: str, google: GoogleProject, database_url: str) -> None:
    make, said, mended_by = MISTAKES[mistake]
    make(google)
    found = failures(examined(google, database_url))
    assert found
    assert any(re.search(said, finding.detail) and mended_by in finding.advice for finding in found), found
    assert all(finding.advice for finding in found)


def test_a_region_without_gpus_is_found(google: GoogleProject, database_url: str) -> None:
    elsewhere = {path.replace(REGION, "europe-north1"): answer for path, answer in google.answers.items()}
    google.answers = json.loads(
        json.dumps(elsewhere).replace(REGION, "europe-north1").replace(REGION.upper(), "EUROPE-NORTH1")
    )
    there = {name: value.replace(REGION, "europe-north1") for name, value in CLOUD.items()}
    (found,) = failures(examined(google, database_url, **there))
    assert found.detail == "europe-north1 has no L4."
    assert "gpu_enabled = false" in found.advice


def test_a_worker_without_gpu_needs_no_quota(google: GoogleProject, database_url: str) -> None:
    del google.change(f"/v2/{JOB}")["template"]["template"]["nodeSelector"]
    google.answers[QUOTA] = 404
    assert failures(examined(google, database_url)) == []


def test_settings_that_are_missing_or_mixed_up_are_named(google: GoogleProject, database_url: str) -> None:
    findings = failures(examined(google, database_url, store_url="", cloud_run_job="aisubs-worker"))
    assert ["STORE_URL" in findings[0].detail, "CLOUD_RUN_JOB" in findings[1].detail] == [True, True]
    assert all("doctor_env" in finding.advice for finding in findings)
    (mixed,) = failures(examined(google, database_url, cloud_tasks_queue=QUEUE.replace(PROJECT, "another-4712")))
    assert "different projects" in mixed.detail
    assert google.asked == []


def with_supabase(supabase: SupabaseRpc, key: str) -> dict[str, Any]:
    return {"database_url": None, "supabase_url": supabase.url, "supabase_service_key": key}


def test_supabase_is_asked_as_every_component_does(google: GoogleProject, database_url: str) -> None:
    with SupabaseRpc(database_url) as supabase:
        assert failures(examined(google, **with_supabase(supabase, Keys().service))) == []


@pytest.mark.parametrize(
    ("change", "detail", "advice"),
    [
        (f"insert into {HAD} values ('9999_later.sql', 'x')", "by a newer release, up to 9999", "Install"),
        (f"delete from {HAD} where name > '0020' and name <> 'code'", "and this one brings", "aisubs migrate"),
        (f"update {HAD} set checksum = 'x' where name = 'code'", "with other rules", "aisubs migrate"),
        ("drop function aisubs_api.schema_release()", "schema_release", "aisubs migrate"),
    ],
)
def test_a_database_of_another_release_is_told(
    change: str, detail: str, advice: str, google: GoogleProject, database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(change)
    with SupabaseRpc(database_url) as supabase:
        for settings in (with_supabase(supabase, Keys().service), {"database_url": database_url}):
            (found,) = failures(examined(google, **({"database_url": None} | settings)))
            assert detail in found.detail
            assert advice in found.advice


@pytest.mark.parametrize(("days", "ok"), [(300, True), (3, False)])
def test_a_token_of_a_component_is_said_to_end(days: int, ok: bool, google: GoogleProject, database_url: str) -> None:
    with SupabaseRpc(database_url) as supabase:
        settings = with_supabase(supabase, make_token(Keys().jwt_secret, "api", days * 86_400))
        findings = examined(google, **settings, supabase_publishable_key=Keys().anon)
        opened = len(supabase.clients)
    (database,) = [finding for finding in findings if finding.name == "database"]
    assert (database.ok, database.detail[:30]) == (ok, "as api, with a token until 20" + database.detail[29])
    assert ("aisubs token api" in database.advice) is not ok
    assert [finding.name for finding in failures(findings)] == ([] if ok else ["database"])
    assert opened == 1, "one connection is enough"


def test_a_token_needs_the_publishable_key_beside_it(google: GoogleProject, database_url: str) -> None:
    with SupabaseRpc(database_url) as supabase:
        settings = with_supabase(supabase, make_token(Keys().jwt_secret, "api", 86_400))
        (found,) = failures(examined(google, **settings))
    assert "SUPABASE_PUBLISHABLE_KEY" in found.detail


def test_a_schema_that_is_not_exposed_is_found(google: GoogleProject, database_url: str) -> None:
    with SupabaseRpc(database_url, schemas=("public",)) as supabase:
        (found,) = failures(examined(google, **with_supabase(supabase, Keys().service)))
    assert found.name == "database"
    assert "Add aisubs_api to the exposed schemas" in found.advice


def test_a_database_without_our_schema_is_found(google: GoogleProject, servers: Servers) -> None:
    with servers.empty("pg18") as url, SupabaseRpc(url) as supabase:
        (found,) = failures(examined(google, **with_supabase(supabase, Keys().service)))
    assert "aisubs migrate" in found.advice


@pytest.mark.parametrize("key", ["sb_secret_wrong", Keys().anon])
def test_a_wrong_key_is_found_and_not_repeated(key: str, google: GoogleProject, database_url: str) -> None:
    with SupabaseRpc(database_url) as supabase:
        (found,) = failures(examined(google, **with_supabase(supabase, key)))
    assert found.name == "database"
    assert "secret key" in found.advice
    assert key not in repr(found)


def test_the_command_tells_it_without_a_cloud(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))  # no credentials of a developer
    assert main(["doctor", "--cloud", "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert {check["name"] for check in told["checks"]} == {"settings", "database"}
    assert not (tmp_path / ".aisubs").exists(), "it makes nothing"
