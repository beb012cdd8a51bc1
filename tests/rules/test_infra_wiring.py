"""What Terraform tells each container makes the plugs that it needs, and it may call what it is told to call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from aisubs.pipeline.jobs import Jobs
from aisubs.pipeline.sign_in import Admission
from aisubs.settings import Settings
from aisubs.wiring import App, make_app, make_database
from aisubs.wiring_identity import make_callers, make_sign_in
from tests.doubles.gcs import Gcs
from tests.doubles.google_environment import google_environment
from tests.doubles.google_identity import GoogleIdentity
from tests.doubles.push_service import new_private_key
from tests.rules.dockerfiles import ROOT, stages_of

Wire = Callable[[str], App]

CLOUD_RUN_SETS = {
    "CLOUD_RUN_JOB": "aisubs-worker",
    "CLOUD_RUN_EXECUTION": "aisubs-worker-x7k2p",
    "CLOUD_RUN_TASK_INDEX": "0",
    "CLOUD_RUN_TASK_ATTEMPT": "0",
    "JOB_ID": "00000000-0000-4000-8000-000000000000",
    "DISPATCH_ID": "00000000-0000-4000-8000-000000000001",
}
"""What a task finds beside what the job says: the platform's own names, and the overrides of run_job."""

# container -> its plugs. The ones of the local edition stand where a container has no use for the port.
PLUGS = {
    "on_upload": {"store": "GcsStore", "queue": "CloudTasksQueue", "runner": "SubprocessRunner", "mirror": None},
    "dispatch": {"store": "GcsStore", "queue": "SweepQueue", "runner": "JoinedRunner", "mirror": None},
    "recover_stale": {
        "store": "GcsStore",
        "queue": "CloudTasksQueue",
        "runner": "JoinedRunner",
        "mirror": "PrefixedStore",
    },
    "apply_retention": {"store": "GcsStore", "queue": "SweepQueue", "runner": "SubprocessRunner", "mirror": None},
    "api": {"store": "GcsStore", "queue": "CloudTasksQueue", "runner": "CloudRunRunner", "mirror": None},
    "worker": {"store": "GcsStore", "queue": "CloudTasksQueue", "runner": "OwnExecution", "mirror": "PrefixedStore"},
}

NOTIFYING = {"recover_stale", "api", "worker"}
"""Those that send messages to browsers, and the one that browsers subscribe with."""


@contextmanager
def container(told: dict[str, str], name: str, folder: Path) -> Iterator[Settings]:
    """The settings of a container: from its image, from Terraform, its key, and what the platform adds."""
    image = ROOT / ("gpu_job" if name == "worker" else "functions") / "Dockerfile"
    with pytest.MonkeyPatch.context() as process:
        for key, value in stages_of(image)[-1].environment().items():
            if key.lower() in Settings.model_fields:
                process.setenv(key, value)
        process.setenv("DATA_DIR", str(folder / "data"))
        for key, value in told.items():
            process.setenv(key, value)
        process.setenv("SUPABASE_SERVICE_KEY", "sb_secret_test")
        if "VAPID_SUBJECT" in told:
            process.setenv("VAPID_PRIVATE_KEY", new_private_key())
        for key, value in CLOUD_RUN_SETS.items() if name == "worker" else ():
            process.setenv(key, value)
        yield Settings()


@pytest.mark.parametrize("name", PLUGS)
def test_each_container_gets_its_plugs(name: str, environment: dict[str, dict[str, str]], tmp_path: Path) -> None:
    with (
        GoogleIdentity() as identity,
        Gcs(identity, ()) as gcs,
        google_environment(identity, tmp_path, gcs),
        container(environment[name], name, tmp_path) as settings,
    ):
        app = make_app(settings)
    made: dict[str, Any] = {port: getattr(app, port) for port in ("store", "queue", "runner", "mirror")}
    assert {port: plug and type(plug).__name__ for port, plug in made.items()} == PLUGS[name]
    assert type(app.database).__name__ == "SupabaseDatabase"
    assert (app.notifier is not None) == (name in NOTIFYING)
    assert (app.identity.oidc is not None) == (app.identity.supabase is not None) == (name == "api")
    assert not app.admits_anonymous
    assert app.store.bucket == "subtitles-4711-aisubs-uploads"
    assert app.sessions is None, "uploads go to the bucket, not through us"
    assert not (tmp_path / "data/store").exists(), "no container keeps recordings to itself"


def test_the_api_lets_in_whom_terraform_says(environment: dict[str, dict[str, str]], tmp_path: Path) -> None:
    with container(environment["api"], "api", tmp_path) as settings:
        identity = make_sign_in(settings, Jobs(make_database(settings)))
    assert identity.supabase is not None
    assert identity.supabase.facts().providers == ("password", "github")
    wanted = Admission(86_400.0, frozenset({"staff", "guests"}), admins=frozenset({"1"}))
    assert identity.admission == wanted


def test_the_worker_knows_its_own_execution(environment: dict[str, dict[str, str]], tmp_path: Path) -> None:
    with (
        GoogleIdentity() as identity,
        Gcs(identity, ()) as gcs,
        google_environment(identity, tmp_path, gcs),
        container(environment["worker"], "worker", tmp_path) as settings,
    ):
        app = make_app(settings)
    assert app.runner.find(CLOUD_RUN_SETS["DISPATCH_ID"]) == CLOUD_RUN_SETS["CLOUD_RUN_EXECUTION"]


@pytest.mark.parametrize(
    ("function", "caller"),
    [
        ("on_upload", "eventarc"),
        ("dispatch", "tasks"),
        ("recover_stale", "scheduler"),
        ("apply_retention", "scheduler"),
    ],
)
def test_functions_admit_their_caller_as_cloud_run_hands_it_on(
    function: str, caller: str, environment: dict[str, dict[str, str]], names: dict[str, Any], tmp_path: Path
) -> None:
    """Cloud Run removes the signature of a token that it has checked."""
    with GoogleIdentity() as identity, container(environment[function], function, tmp_path) as settings:
        admits = make_callers(settings)

        def handed_on(component: str, audience: str) -> str:
            token = identity.identity_token(names["account_emails"][component], audience)
            return f"Bearer {token.rpartition('.')[0]}.SIGNATURE_REMOVED_BY_GOOGLE"

        own = names["urls"][function]
        assert admits(handed_on(caller, own))
        assert not admits(handed_on("api", own)), "another component"
        assert not admits(handed_on(caller, names["urls"]["api"])), "made out to another service"
        assert not admits(None)


def test_the_api_trusts_nobody_s_identity_token(
    environment: dict[str, dict[str, str]], names: dict[str, Any], tmp_path: Path
) -> None:
    with GoogleIdentity() as identity, container(environment["api"], "api", tmp_path) as settings:
        token = identity.identity_token(names["account_emails"]["scheduler"], names["urls"]["api"])
        assert not make_callers(settings)(f"Bearer {token}")
