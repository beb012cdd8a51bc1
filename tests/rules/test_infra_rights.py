"""The rules of infra/ that a provider's schema does not know: who may do what, what is public, what stays how long."""

from __future__ import annotations

import re
from typing import Any

from aisubs.model import places
from tests.rules.terraform import FUNCTION, blocks, only, parsed, resources, text_of

PROJECT_WIDE = {
    "roles/pubsub.publisher",
    "roles/eventarc.eventReceiver",
    "roles/logging.logWriter",
    "roles/eventarc.serviceAgent",
}
"""The roles for which there is no smaller resource than the project."""

TABLES = ("uploads_bucket", "results_bucket", "queue", "job")


def test_prefixes_of_rights_are_those_of_the_code(roles: dict[str, Any]) -> None:
    prefixes = {prefix for grant in roles["uploads_bucket"].values() for prefix in grant["prefixes"]}
    assert prefixes == {places.UPLOADS, places.SCRIPTS, places.RESULTS}
    assert places.RESULTS in places.OWN


def calls_of(source: str) -> list[dict[str, Any]]:
    """The calls of one module in the root."""
    return [body for block in parsed()["module"] for body in block.values() if body["source"] == source]


def members() -> dict[str, dict[str, Any]]:
    return {name: body for name, body in resources().items() if "_iam_" in name and "custom_role" not in name}


def test_grants_add_and_never_replace() -> None:
    assert [name for name in resources() if "_iam_policy" in name or "_iam_binding" in name] == []


def test_no_basic_and_no_administrator_role(roles: dict[str, Any]) -> None:
    granted = {str(body["role"]) for body in members().values()}
    granted |= {grant["role"] for table in TABLES for grant in roles[table].values()}
    bad = re.compile(r"roles/(owner|editor|viewer|browser)$|[aA]dmin|serviceAccountTokenCreator|storage.objectUser")
    assert sorted(role for role in granted if bad.search(role)) == []
    assert "roles/run.invoker" not in {grant["role"] for grant in roles["job"].values()}


def test_only_what_has_no_smaller_resource_is_granted_on_the_project() -> None:
    on_project = {body["role"] for name, body in members().items() if name.startswith("google_project_iam_member.")}
    assert on_project == PROJECT_WIDE


def test_nothing_runs_as_the_default_service_account() -> None:
    kinds = ("cloud_run_v2_service", "cloud_run_v2_job", "eventarc_trigger", "cloudbuild_trigger")
    for kind in kinds:
        for name, body in resources(f"google_{kind}").items():
            places = [body, *blocks(body, "template")]  # a job has a template within its template
            (account,) = {place["service_account"] for place in places if "service_account" in place}
            if account == "${var.account_email}":  # the module of one function
                accounts = {body["account_email"] for body in calls_of("./function")}
            else:
                accounts = {account}
            assert all("google_service_account.component[" in account for account in accounts), name
    assert "compute@developer" not in text_of()
    assert "google_service_account_key" not in text_of()


def test_every_invoker_is_bound_to_one_service(roles: dict[str, Any]) -> None:
    invoking = {name: body for name, body in members().items() if body["role"] == "roles/run.invoker"}
    assert {name.split(".")[0] for name in invoking} == {"google_cloud_run_v2_service_iam_member"}
    assert [name for name, body in members().items() if body["member"].startswith("all")] == []
    opened = [body["public"] for body in calls_of("./function") if "public" in body]
    assert opened == ['${each.key == "api" && var.api_public}']
    (variable,) = [body for block in parsed()["variable"] for name, body in block.items() if name == "api_public"]
    assert variable["default"] is False, "nobody may spend the GPUs of whoever deployed and read no further"
    assert set(roles["invokers"]) == {"on_upload", "dispatch", "recover_stale", "apply_retention"}


def test_callers_hold_no_other_right(roles: dict[str, Any]) -> None:
    """eventarc, tasks and scheduler call one function each; nothing else is theirs."""
    for table in TABLES:
        assert not {"eventarc", "tasks", "scheduler"} & {grant["component"] for grant in roles[table].values()}


def test_schedulers_and_services_agree_on_the_audience() -> None:
    token = only(resources("google_cloud_scheduler_job"), "oidc_token")
    assert token["audience"] == "${module.names.urls[each.key]}"
    assert {body["audience"] for body in calls_of("./function")} == {
        "${module.names.urls[each.key]}",
        '${module.names.urls["on_upload"]}',
    }
    (service,) = resources("google_cloud_run_v2_service").values()
    assert service["custom_audiences"] == ["${var.audience}"]


def test_only_the_api_is_reached_from_outside() -> None:
    internal = [str(body["internal"]) for body in calls_of("./function")]
    assert internal == ['${each.key != "api" && var.internal_ingress_only}', "${var.internal_ingress_only}"]


def test_no_value_of_a_secret_reaches_the_state() -> None:
    assert resources("google_secret_manager_secret_version") == {}
    assert not re.search(r"secret_data|sb_secret_\w|service_role|private_key", text_of() + text_of(FUNCTION))
    for env in blocks(resources(), "env"):
        if re.search("KEY|SECRET|PASSWORD|DATABASE_URL", str(env["name"])):
            assert "value" not in env
            assert only(env, "secret_key_ref")["version"] == "latest"


def test_each_component_reads_its_own_key_only(names: dict[str, Any]) -> None:
    assert len(set(names["secrets"].values())) == len(names["secrets"])
    grant = resources()["google_secret_manager_secret_iam_member.supabase_key"]
    assert "[each.key]" in grant["secret_id"]
    assert "[each.key]" in grant["member"]


def test_whoever_is_given_the_key_of_messages_may_read_it(
    names: dict[str, Any], environment: dict[str, dict[str, str]]
) -> None:
    notifying = {name for name, told in environment.items() if "VAPID_SUBJECT" in told}
    grant = resources()["google_secret_manager_secret_iam_member.vapid_key"]
    readers = set(re.findall(r'"(\w+)"', str(grant["for_each"])))
    assert readers == {names["functions"].get(name, name) for name in notifying}
