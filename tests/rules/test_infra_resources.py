"""The rules of infra/ for what it makes: buckets that forget, a worker tried once, alerts that somebody understands."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.rules.terraform import ROOT, blocks, only, parsed, resources


def the_bucket() -> dict[str, Any]:
    """What is the same for all."""
    (bucket,) = resources("google_storage_bucket").values()
    return bucket


def local(name: str) -> Any:
    return next(block[name] for block in parsed()["locals"] if name in block)


def test_buckets_are_closed_and_forget(names: dict[str, Any]) -> None:
    bucket = the_bucket()
    assert bucket["for_each"] == "${local.buckets}"
    assert set(local("buckets")) == set(names["buckets"])
    assert bucket["public_access_prevention"] == "enforced"
    assert bucket["uniform_bucket_level_access"] is True
    assert only(bucket, "soft_delete_policy") == {"retention_duration_seconds": 0}
    assert only(bucket, "versioning") == {"enabled": False}
    deletes = [rule for rule in blocks(bucket, "lifecycle_rule") if only(rule, "action")["type"] == "Delete"]
    assert {"age": "${each.value.delete_days}"} in [only(rule, "condition") for rule in deletes], (
        "nothing may stay for ever"
    )


def test_the_backstop_is_not_earlier_than_the_application() -> None:
    uploads = local("buckets")["uploads"]
    assert uploads["delete_days"] == "${module.retention.backstop_days}"
    assert uploads["unfinished_days"] == ["${module.retention.temporary_days}"]
    ages = [only(rule, "condition")["age"] for rule in blocks(the_bucket(), "lifecycle_rule")]
    assert sorted(ages) == ["${each.value.delete_days}", "${lifecycle_rule.value}", "${lifecycle_rule.value}"]


def test_browsers_may_read_what_a_resumable_upload_needs() -> None:
    browsing = {name: bucket["browsing_origins"] for name, bucket in local("buckets").items()}
    assert "var.allowed_origins" in str(browsing.pop("uploads"))
    assert browsing == {"results": [], "builds": []}
    cors = only(the_bucket(), "cors")
    assert {"PUT", "GET", "POST"} <= set(cors["method"])
    assert {"Location", "Range", "Content-Range", "x-goog-hash", "x-goog-generation"} <= set(cors["response_header"])


def test_the_worker_is_tried_once_and_alone() -> None:
    job = resources("google_cloud_run_v2_job")["google_cloud_run_v2_job.worker"]
    assert (job["template"][0]["task_count"], job["template"][0]["parallelism"]) == (1, 1)
    task = job["template"][0]["template"][0]
    assert task["max_retries"] == 0
    assert task["timeout"] == "${each.value.shape.timeout_s}s"


def test_events_are_tried_again_and_come_from_where_the_bucket_is() -> None:
    trigger = resources("google_eventarc_trigger")["google_eventarc_trigger.uploads"]
    assert "retry_policy" not in trigger
    assert 'google_storage_bucket.bucket["uploads"].location' in trigger["location"]
    criteria = {block["attribute"]: block["value"] for block in blocks(trigger, "matching_criteria")}
    assert criteria["type"] == "google.cloud.storage.object.v1.finalized"
    assert criteria["bucket"] == '${google_storage_bucket.bucket["uploads"].name}'


def test_what_holds_data_or_money_is_protected_from_a_slip() -> None:
    for name, body in resources("google_secret_manager_secret").items():
        assert body["deletion_protection"] == "${var.deletion_protection}", name
    for kind in ("google_cloud_run_v2_service", "google_cloud_run_v2_job"):
        for name, body in resources(kind).items():
            assert body["deletion_protection"] is False, f"{name} holds nothing, and tainted it could not be replaced"


def test_images_do_not_move() -> None:
    repositories = resources("google_artifact_registry_repository")
    repository = repositories["google_artifact_registry_repository.images"]
    (fetched,) = blocks(repositories["google_artifact_registry_repository.released"], "custom_repository")
    assert fetched == {"uri": "https://ghcr.io"}  # by digest: variables.tf admits nothing else
    assert only(repository, "docker_config") == {"immutable_tags": True}
    running = [*blocks(resources("google_cloud_run_v2_service"), "containers")]
    running += blocks(resources("google_cloud_run_v2_job"), "containers")
    assert {container["image"] for container in running} == {"${var.image}", "${var.worker_image}"}


def test_alerts_listen_to_events_that_the_code_logs() -> None:
    code = "".join(path.read_text() for path in (ROOT / "aisubs").rglob("*.py"))
    logged = set(re.findall(r'log\.(?:info|warning|error|exception)\(\s*"([a-z_.]+)"', code))
    wanted = {event for metric in local("log_metrics").values() for event in metric["events"]}
    assert len(wanted) >= 6
    assert wanted - logged == set()


def test_alerts_use_metrics_that_exist() -> None:
    metrics = set(local("log_metrics"))
    for name, alert in local("alerts").items():
        for used in re.findall(r"local\.log_metric\}/(\w+)", alert["filter"]):
            assert used in metrics, name
        assert 60 <= alert["period_s"] <= 86_400, name


def test_every_alert_is_explained() -> None:
    page = (ROOT / "docs/operate.md").read_text()
    for name in [*local("alerts"), "sweep_silent"]:
        section = re.search(rf"^### `{name}`.*?(?=^##)", page, re.MULTILINE | re.DOTALL)
        assert section, name
        assert {"**Means**", "**Do**"} <= set(re.findall(r"\*\*\w+\*\*", section.group())), name


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

PAGES = "".join((ROOT / "docs" / name).read_text() for name in ("deploy.md", "operate.md", "architecture.md"))


def test_pages_name_outputs_and_variables_that_there_are() -> None:
    outputs = {name for block in parsed()["output"] for name in block}
    assert set(re.findall(r"output -raw (\w+)", PAGES)) <= outputs
    variables = {name for block in parsed()["variable"] for name in block}
    assert set(re.findall(r"-var (\w+)=", PAGES)) <= variables
    in_prose = set(re.findall(r"`(\w+) = ", PAGES)) | {"allowed_origins", "source_repository", "worker_memory_gib"}
    assert {"gpu_enabled", "limits"} <= in_prose <= variables


def test_pages_name_services_and_secrets_that_there_are(names: dict[str, Any]) -> None:
    known = {*names["services"].values(), *names["secrets"].values(), names["job"], names["queue"], names["vapid_key"]}
    known |= {names["signing_key"]}
    known |= {f"aisubs-{other}" for other in ("database-url", "supabase-key", "uploads", "results", "builds")}
    named = {name.rstrip("-") for name in re.findall(r"\baisubs-[a-z-]+", PAGES)}
    assert named - known == set()


def test_the_page_sets_cors_as_terraform_does() -> None:
    (told,) = re.findall(r"(?s)```json\n(.*?)```", (ROOT / "docs/deploy.md").read_text())
    (rule,) = json.loads(told)
    cors = only(the_bucket(), "cors")
    assert rule["method"] == cors["method"]
    assert rule["responseHeader"] == cors["response_header"]


def test_the_example_of_variables_is_valid() -> None:
    given = set(re.findall(r"(?m)^#? ?(\w+) += ", (ROOT / "infra/terraform.tfvars.example").read_text()))
    variables = {name: body for block in parsed()["variable"] for name, body in block.items()}
    assert {name for name, body in variables.items() if "default" not in body} <= given <= set(variables)
