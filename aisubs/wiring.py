"""Settings -> App. Only this file and wiring_… import plugs; heavy libraries where the branch needs them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit
from urllib.request import url2pathname

from aisubs.media.probe import Limits
from aisubs.model import places
from aisubs.model.errors import error
from aisubs.pipeline.jobs import Jobs
from aisubs.pipeline.sign_in import SignIn
from aisubs.ports import Database, Mirror, Queue, Runner, Store, StoredObject, UploadSessions
from aisubs.ports.notifier import PushNotifier, WebhookNotifier
from aisubs.settings import Settings
from aisubs.weights.sources import is_here
from aisubs.wiring_identity import listed, make_sign_in
from aisubs.wiring_translation import make_translator, no_translator
from aisubs.wiring_workers import deciders_of, diarizer_of, diarizes, joined, make_overflow, make_runner, no_diarizer

if TYPE_CHECKING:
    from psycopg import Connection

    from aisubs.ports import Decider, Diarizer, Translator

log = logging.getLogger(__name__)

LOCAL_CAPACITY, CLOUD_UPLOADS = 100, 10
LOCAL_JOBS_PER_DAY, CLOUD_JOBS_PER_DAY = 10_000, 500


@dataclass(frozen=True, slots=True)
class App:
    """Everything a door needs, chosen once. `sessions` is None where the store serves uploads itself."""

    settings: Settings
    database: Database
    jobs: Jobs
    identity: SignIn
    store: Store
    queue: Queue
    runner: Runner
    overflow: Runner | None = None
    """Starts what has waited for a machine of `runner` for too long; `runner` knows its executions too."""
    sessions: UploadSessions | None = None
    mirror: Mirror | None = None
    on_object: Callable[[StoredObject], None] | None = None
    """Called when an upload through `sessions` is complete; the cloud's bucket sends an event instead."""
    edition: Literal["local", "cloud"] = "cloud"
    """For people; what differs between the editions is in the plugs."""
    notifier: PushNotifier | None = None
    """None where nobody has made keys for it."""
    webhooks: WebhookNotifier | None = None
    has_model: Callable[[str], bool] = lambda _: True
    """Whether workers would find a speech model of this name; the cloud's have theirs in their image."""
    load_diarizer: Callable[[], Diarizer] = no_diarizer
    """What tells speakers apart, loaded once. Raises `no_diarizer`."""
    load_deciders: Callable[[], Sequence[Decider]] = tuple
    """What decides anew from rows that were kept: on every machine, weights or not."""
    has_diarizer: Callable[[], bool] = lambda: False
    """Whether workers would find it; no image of the cloud's is pushed without (cloudbuild.yaml tries it)."""
    load_translator: Callable[[], Translator] = no_translator
    """What translates texts, made once. Raises `no_translator`, `translator_unusable`."""

    @property
    def admits_anonymous(self) -> bool:
        """`ANONYMOUS`: may somebody who has not signed in send recordings?"""
        chosen = self.settings.anonymous
        return chosen == "yes" or (chosen == "auto" and self.edition == "local")

    @property
    def queue_capacity(self) -> int:
        """`QUEUE_CAPACITY` with its default filled in: one machine queues, the cloud's line is as long as its hands."""
        default = LOCAL_CAPACITY if self.edition == "local" else self.settings.concurrency
        return self.settings.queue_capacity or default

    @property
    def uploads_per_owner(self) -> int:
        """`UPLOADS_PER_OWNER` with its default filled in."""
        return self.settings.uploads_per_owner or (LOCAL_CAPACITY if self.edition == "local" else CLOUD_UPLOADS)

    @property
    def jobs_per_day(self) -> int:
        """`JOBS_PER_DAY` with its default filled in."""
        return self.settings.jobs_per_day or (LOCAL_JOBS_PER_DAY if self.edition == "local" else CLOUD_JOBS_PER_DAY)


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
    overflow = None if runner or settings.cloud_run_execution else make_overflow(settings)
    chosen = runner or make_runner(settings)
    jobs = Jobs(database)
    return App(
        settings=settings,
        database=database,
        jobs=jobs,
        identity=make_sign_in(settings, jobs),
        store=store,
        queue=queue or make_queue(settings),
        runner=joined(chosen, overflow) if overflow else chosen,
        overflow=overflow,
        sessions=sessions,
        mirror=make_mirror(settings),
        on_object=on_object,
        edition=edition,
        notifier=make_notifier(settings),
        webhooks=make_webhooks(settings),
        has_model=lambda name: edition == "cloud" or is_here(name, settings),
        load_diarizer=cache(lambda: diarizer_of(settings)),
        load_deciders=cache(lambda: deciders_of(settings)),
        has_diarizer=lambda: diarizes(settings, edition),
        load_translator=cache(lambda: make_translator(settings)),
    )


def make_database(settings: Settings) -> Database:
    """`DATABASE_URL`, else `SUPABASE_URL` with `SUPABASE_SERVICE_KEY`."""
    if settings.database_url:
        from aisubs.adapters.database.postgres import PostgresDatabase

        return PostgresDatabase(settings.database_url.get_secret_value())
    if settings.supabase_url and settings.supabase_service_key:
        from aisubs.adapters.database.supabase import SupabaseDatabase

        key = settings.supabase_service_key.get_secret_value()
        return SupabaseDatabase(settings.supabase_url, key, settings.supabase_publishable_key)
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
    from aisubs.adapters.store.folder import FilmFolder, Folder

    url = urlsplit(settings.results_url or "")
    if settings.results_url and url.scheme != "file":
        return _make_bucket_mirror(settings, settings.results_url)
    if not settings.results_url and settings.store_url.startswith(("gs://", "s3://")):
        return None
    folder = Path(url2pathname(url.path)) if settings.results_url else settings.results_dir
    return FilmFolder(folder, settings.inbox_dir) if settings.results_beside else Folder(folder)


def _make_bucket_mirror(settings: Settings, results_url: str) -> Mirror:
    """Raises `store_unavailable` for a place whose objects would come back as uploads."""
    from aisubs.adapters.store.prefixed import PrefixedStore

    url, uploads = urlsplit(results_url), urlsplit(settings.store_url)
    prefix = f"{url.path.strip('/')}/".lstrip("/")
    if (url.scheme, url.netloc) == (uploads.scheme, uploads.netloc) and not prefix.startswith(places.OWN):
        raise error("store_unavailable", f"RESULTS_URL must be another bucket, or below {places.RESULTS} of this one")
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


def make_notifier(settings: Settings) -> PushNotifier | None:
    """With `VAPID_PRIVATE_KEY` and `VAPID_SUBJECT`. A mistake in them costs the messages, never a transcript."""
    try:
        return make_web_push(settings)
    except ValueError as fault:
        log.error("push.off", extra={"reason": str(fault)})
        return None


def make_web_push(settings: Settings) -> PushNotifier | None:
    """None when neither of the two is set. Raises ValueError saying what is wrong with them."""
    if settings.vapid_private_key is None and not settings.vapid_subject:
        return None
    if settings.vapid_private_key is None or not settings.vapid_subject:
        raise ValueError("VAPID_PRIVATE_KEY and VAPID_SUBJECT belong together, and only one of them is set")
    from aisubs.adapters.notifier.web_push import WebPush

    return WebPush(settings.vapid_private_key.get_secret_value(), settings.vapid_subject, listed(settings.push_hosts))


def make_webhooks(settings: Settings) -> WebhookNotifier | None:
    try:
        from aisubs.adapters.notifier.webhook import Webhooks
    except ModuleNotFoundError:  # the extra `push`
        return None
    return Webhooks(loopback=settings.webhook_loopback)


def make_limits(settings: Settings) -> Limits:
    """What a recording may be at most."""
    longest_ms = round(settings.max_duration_hours * 3_600_000)
    return Limits(longest_ms, max_bytes=settings.max_upload_bytes, strict=settings.strict_media)
