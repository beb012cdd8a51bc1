"""Settings -> App: the only file that imports plugs. Heavy libraries are imported in the branch that needs them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit
from urllib.request import url2pathname

from aisubs.media.probe import Limits
from aisubs.model.errors import error
from aisubs.pipeline.jobs import Jobs
from aisubs.pipeline.receive_upload import OWN_PREFIXES
from aisubs.ports import Database, Mirror, Notifier, Queue, Runner, Store, StoredObject, UploadSessions
from aisubs.settings import Settings

if TYPE_CHECKING:
    from psycopg import Connection

    from aisubs.adapters.queue.local import LocalQueue
    from aisubs.adapters.runner.subprocess import SubprocessRunner
    from aisubs.ports import Engine

log = logging.getLogger(__name__)

WORKER = (sys.executable, "-m", "gpu_job.main")
"""The command that starts a worker on this machine."""


@dataclass(frozen=True, slots=True)
class App:
    """Everything a door needs, chosen once. `sessions` is None where the store serves uploads itself."""

    settings: Settings
    database: Database
    jobs: Jobs
    store: Store
    queue: Queue
    runner: Runner
    sessions: UploadSessions | None = None
    mirror: Mirror | None = None
    on_object: Callable[[StoredObject], None] | None = None
    """Called when an upload through `sessions` is complete; the cloud's bucket sends an event instead."""
    edition: Literal["local", "cloud"] = "cloud"
    """For people; what differs between the editions is in the plugs."""
    notifier: Notifier | None = None
    """None where nobody has made keys for it."""


def make_app(
    settings: Settings,
    *,
    database: Database | None = None,
    queue: Queue | None = None,
    runner: Runner | None = None,
    on_object: Callable[[StoredObject], None] | None = None,
    edition: Literal["local", "cloud"] = "cloud",
) -> App:
    """Choose every plug. The local edition hands in the ones that it runs itself."""
    database = database or make_database(settings)
    store, sessions = make_store(settings)
    return App(
        settings=settings,
        database=database,
        jobs=Jobs(database),
        store=store,
        queue=queue or make_queue(settings),
        runner=runner or make_runner(settings),
        sessions=sessions,
        mirror=make_mirror(settings),
        on_object=on_object,
        edition=edition,
        notifier=make_notifier(settings),
    )


def make_database(settings: Settings) -> Database:
    """`DATABASE_URL`, else `SUPABASE_URL` with `SUPABASE_SERVICE_KEY`."""
    if settings.database_url:
        from aisubs.adapters.database.postgres import PostgresDatabase

        return PostgresDatabase(settings.database_url.get_secret_value())
    if settings.supabase_url and settings.supabase_service_key:
        from aisubs.adapters.database.supabase import SupabaseDatabase

        return SupabaseDatabase(settings.supabase_url, settings.supabase_service_key.get_secret_value())
    raise error("database_unavailable", "set DATABASE_URL, or SUPABASE_URL and SUPABASE_SERVICE_KEY")


def connect_for_migration(settings: Settings) -> Connection[Any]:
    """A connection for aisubs.sql.migrate. Raises `database_unavailable`, also when `DATABASE_URL` is not set."""
    from aisubs.adapters.database import postgres

    return postgres.connect_for_migration(settings)


def make_store(settings: Settings) -> tuple[Store, UploadSessions | None]:
    """By the scheme of `STORE_URL`; empty is a folder under `DATA_DIR`."""
    url = urlsplit(settings.store_url or (settings.data_dir.absolute() / "store").as_uri())
    if url.scheme == "file":
        from aisubs.adapters.store.local import LocalStore

        store = LocalStore(Path(url2pathname(url.path)), public_url=settings.public_url)
        return store, store
    if url.scheme == "gs":
        from aisubs.adapters.store.gcs import GcsStore

        return GcsStore.connect(url.netloc, settings.signing_service_account), None
    if url.scheme == "s3":
        from aisubs.adapters.store.s3 import S3Store

        return S3Store.connect(url.netloc), None
    raise error("store_unavailable", f"STORE_URL has a scheme that is not known: {url.scheme!r}")


def make_mirror(settings: Settings) -> Mirror | None:
    """Where the results of dropped files go: `RESULTS_URL`, else a folder in the local edition."""
    from aisubs.adapters.store.folder import Folder

    url = urlsplit(settings.results_url or "")
    if url.scheme == "file":
        return Folder(Path(url2pathname(url.path)))
    if settings.results_url:
        return _make_bucket_mirror(settings, settings.results_url)
    return None if settings.store_url.startswith(("gs://", "s3://")) else Folder(settings.results_dir)


def _make_bucket_mirror(settings: Settings, results_url: str) -> Mirror:
    """Raises `store_unavailable` for a place whose objects would come back as uploads."""
    from aisubs.adapters.store.prefixed import PrefixedStore

    url, uploads = urlsplit(results_url), urlsplit(settings.store_url)
    prefix = f"{url.path.strip('/')}/".lstrip("/")
    if (url.scheme, url.netloc) == (uploads.scheme, uploads.netloc) and not prefix.startswith(OWN_PREFIXES):
        raise error("store_unavailable", f"RESULTS_URL must be another bucket, or below {OWN_PREFIXES[0]} of this one")
    return PrefixedStore(
        make_store(settings.model_copy(update={"store_url": f"{url.scheme}://{url.netloc}"}))[0], prefix
    )


def make_queue(settings: Settings) -> Queue:
    """`CLOUD_TASKS_QUEUE`, else a queue that only leaves the wake-up to the sweep of the local edition."""
    if settings.cloud_tasks_queue:
        from aisubs.adapters.queue.cloud_tasks import CloudTasksQueue

        if not settings.dispatch_url:
            raise error("queue_unavailable", "CLOUD_TASKS_QUEUE needs DISPATCH_URL")
        return CloudTasksQueue.connect(
            settings.cloud_tasks_queue,
            settings.dispatch_url,
            settings.tasks_service_account,
            settings.cloud_tasks_endpoint,
        )
    from aisubs.adapters.queue.sweep import SweepQueue

    return SweepQueue()


def make_runner(settings: Settings) -> Runner:
    """`CLOUD_RUN_JOB`, else subprocesses of this machine. A worker in Cloud Run knows itself only."""
    if settings.cloud_run_execution:
        from aisubs.adapters.runner.own_execution import OwnExecution

        return OwnExecution(settings.cloud_run_execution, settings.dispatch_id)
    if settings.cloud_run_job:
        from aisubs.adapters.runner.cloud_run import CloudRunRunner

        return CloudRunRunner.connect(settings.cloud_run_job, settings.cloud_run_endpoint)
    from aisubs.adapters.runner.subprocess import SubprocessRunner

    return SubprocessRunner(WORKER, settings.data_dir / "executions")


def make_notifier(settings: Settings) -> Notifier | None:
    """With `VAPID_PRIVATE_KEY` and `VAPID_SUBJECT`. A mistake in them costs the messages, never a transcript."""
    try:
        return make_web_push(settings)
    except ValueError as fault:
        log.error("push.off", extra={"reason": str(fault)})
        return None


def make_web_push(settings: Settings) -> Notifier | None:
    """None when neither of the two is set. Raises ValueError saying what is wrong with them."""
    if settings.vapid_private_key is None and not settings.vapid_subject:
        return None
    if settings.vapid_private_key is None or not settings.vapid_subject:
        raise ValueError("VAPID_PRIVATE_KEY and VAPID_SUBJECT belong together, and only one of them is set")
    from aisubs.adapters.notifier.web_push import WebPush

    return WebPush(settings.vapid_private_key.get_secret_value(), settings.vapid_subject, _listed(settings.push_hosts))


def make_callers(settings: Settings) -> Callable[[str | None], bool]:
    """Whether a request with this `Authorization` header comes from one of `ALLOWED_CALLERS`."""
    from aisubs.adapters.identity.oidc import GoogleCallers

    return GoogleCallers(
        callers=_listed(settings.allowed_callers),
        audiences=_listed(settings.service_audience),
        certs_url=settings.identity_certs_url,
        signature_removed=settings.identity_checked_by == "cloud_run",
    ).admits


def _listed(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def make_local_queue(dispatch: Callable[[], object]) -> LocalQueue:
    """The queue of a process that dispatches by itself, running; the caller closes it."""
    from aisubs.adapters.queue.local import LocalQueue

    return LocalQueue(dispatch)


def make_local_runner(
    settings: Settings, environment: Mapping[str, str], on_exit: Callable[[str, str, int], None]
) -> SubprocessRunner:
    """Workers on this machine whose end is reported; the caller closes it. `environment` carries the settings."""
    from aisubs.adapters.runner.subprocess import SubprocessRunner

    return SubprocessRunner(WORKER, settings.data_dir / "executions", environment=environment, on_exit=on_exit)


def make_limits(settings: Settings) -> Limits:
    """What a recording may be at most."""
    return Limits(max_bytes=settings.max_upload_bytes, max_duration_ms=round(settings.max_duration_hours * 3_600_000))


def make_engine(settings: Settings, model: str | None = None) -> Engine:
    """Load the speech model (seconds, for a large one). Raises `model_missing`."""
    from aisubs.adapters.engine.faster_whisper import FasterWhisperEngine

    return FasterWhisperEngine.load(settings, model or settings.model)
