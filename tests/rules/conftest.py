"""What the provider-free modules of infra/ say, asked of Terraform once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.terraform import INFRA, needs_terraform, outputs_of

PROJECT = {
    "project_id": "subtitles-4711",
    "project_number": "123456789012",
    "name": "aisubs",
    "region": "europe-west1",
}

ACCOUNTS = {
    "anonymous": False,
    "supabase": ["password", "github"],
    "oidc": {"issuer": "https://id.example/", "client_id": "aisubs", "name": "Ours", "scope": "openid"},
    "session_hours": 24,
    "groups_claim": "groups",
    "allowed_groups": ["staff", "guests"],
    "admin_groups": [],
    "admins": ["1"],
}

LIMITS = {
    "concurrency": 2,
    "queue_capacity": 9,
    "uploads_per_owner": 6,
    "max_upload_gib": 3,
    "max_duration_hours": 7,
    "max_retries": 4,
    "gpu_patience_minutes": 20,
    "daily_gpu_seconds": 5400,
    "recover_batch": 5,
    "retention_hours": 100,
    "upload_deadline_hours": 12,
    "media_url_ttl_s": 7200,
    "cancel_running": True,
    "log_level": "WARNING",
}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    needs_terraform()
    return outputs_of(INFRA / "modules/names", tmp_path_factory.mktemp("names"), PROJECT)


@pytest.fixture(scope="module")
def roles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    needs_terraform()
    return outputs_of(INFRA / "modules/roles", tmp_path_factory.mktemp("roles"), {})


@pytest.fixture(scope="module")
def environment(
    names: dict[str, Any], roles: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, str]]:
    """function, or "worker" -> its environment, as Terraform makes it."""
    made = outputs_of(
        INFRA / "modules/environment",
        tmp_path_factory.mktemp("environment"),
        {
            "store_url": f"gs://{names['buckets']['uploads']}",
            "results_url": f"gs://{names['buckets']['results']}",
            "supabase_url": "https://abcdefghijklmnopqrst.supabase.co",
            "queue": f"projects/subtitles-4711/locations/europe-west1/queues/{names['queue']}",
            "job": f"projects/subtitles-4711/locations/europe-west1/jobs/{names['job']}",
            "overflow_job": "projects/subtitles-4711/locations/us-central1/jobs/aisubs-overflow",
            "urls": names["urls"],
            "account_emails": names["account_emails"],
            "invokers": roles["invokers"],
            "allowed_origins": ["https://subtitles.example"],
            "vapid_subject": "mailto:somebody@example.org",
            "accounts": ACCOUNTS,
            "models": ["large-v3-turbo", "large-v3", "small"],
            "price": {"per_hour": 1.05, "currency": "EUR"},
            "supabase_publishable_key": "sb_publishable_abc",
            "worker_timeout_s": 3600,
            "longest_execution_s": 3600,
            "worker_device": "cuda",
            "limits": LIMITS,
        },
    )
    return {**made["functions"], "worker": made["worker"]}
