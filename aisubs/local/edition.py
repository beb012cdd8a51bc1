"""Everything on one machine, started in order and stopped in reverse.

    Postgres → migrate → app → loops (queue, sweep, live messages, retention) → doors (HTTP, inbox)

`aisubs up` runs all of it. `aisubs transcribe` runs it without the doors, beside an `up` or alone: every step is
guarded by the SQL, so two sets of loops on one database do no harm. Whatever a kill -9 leaves behind is put right by
the first sweep of the next start.
"""

from __future__ import annotations

import itertools
import logging
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from threading import Event, Thread
from types import TracebackType

from aisubs.duties import LOOK_EVERY_S, copy_app, sweep_app, translate_app
from aisubs.local.cannot_start import CannotStart
from aisubs.local.command_files import rewrite_corrected
from aisubs.local.data_folder import make_data_folder
from aisubs.local.database import embedded_database, migrate_database
from aisubs.local.deposit import CalledOff
from aisubs.local.drops import Drops
from aisubs.local.environment import environment_of
from aisubs.local.inbox import Inbox
from aisubs.local.inbox_journal import InboxJournal
from aisubs.local.live import LiveMessages
from aisubs.local.owner import own_this_machines_jobs
from aisubs.local.periodic import Periodic
from aisubs.local.postgres import EmbeddedPostgres
from aisubs.local.tokens import DOORS, INBOX, own_token
from aisubs.local.web import WebServer
from aisubs.model import places
from aisubs.model.change import Change
from aisubs.model.job import Source, Status
from aisubs.pipeline.dispatch_job import dispatch_jobs
from aisubs.pipeline.expire_jobs import expire_jobs
from aisubs.pipeline.jobs import hash_token
from aisubs.pipeline.link_sign_in import LinkSignIn
from aisubs.pipeline.receive_upload import receive_upload, wake
from aisubs.pipeline.recover_jobs import reconcile_executions
from aisubs.pipeline.sweep import find_lost_uploads
from aisubs.pipeline.written_files import WrittenFiles
from aisubs.ports import StoredObject
from aisubs.settings import Settings
from aisubs.wiring import App, make_app, make_limits
from aisubs.wiring_workers import make_local_queue, make_local_runner

log = logging.getLogger(__name__)

RETENTION_EVERY_S = 3600.0
LOST_UPLOADS_EVERY_S = 60.0

WORKER_GRACE_S = 120.0
"""How long a worker may take to finish its batch and hand its job over when the edition stops."""


class Edition:
    """The local edition. `open` gives `app`; `start_loops` and `start_doors` set it going; `close` ends it all."""

    app: App
    sign_in: LinkSignIn
    url = ""
    """Where it answers, once opened with `web`."""
    urls: Sequence[str] = ()
    """Where people open the page: on this machine, then on others."""

    def __init__(self, settings: Settings) -> None:
        # Workers run elsewhere: relative paths would mean something else to them.
        folders = {name: getattr(settings, name).absolute() for name in ("data_dir", "inbox_dir", "results_dir")}
        self.settings = settings.model_copy(update=folders)
        self.limits = make_limits(settings)
        self.looping = False
        self._parts = ExitStack()
        self._stop = Event()
        self._ticks = itertools.count()
        self._observers: list[tuple[Callable[[Change], None], Callable[[], None]]] = []
        self._web: WebServer | None = None
        self._postgres: EmbeddedPostgres | None = None

    # ── in order ─────────────────────────────────────────────────────────────────────────────────────────────────

    def open(self, *, web: bool = False) -> App:
        """Start or join Postgres, bring its schema up to date, make the app. With `web`, take the port first.

        Raises CannotStart, `database_unavailable`.
        """
        try:
            settings = self.settings
            make_data_folder(settings.data_dir)
            if web:
                self._web = WebServer(settings.host, settings.port)
                self._parts.callback(self._web.stop)  # to free the port, should the rest fail
                self.url, self.urls = self._web.url, self._web.urls(settings.public_url)
            self.settings, self._postgres = self._parts.enter_context(embedded_database(settings))
            if self.settings.database_url:
                migrate_database(self.settings)
            self.app = make_app(self.settings, on_object=self._receive_web_upload, edition="local")
            self.sign_in = own_this_machines_jobs(self.app)
            if self.settings.local_sign_in:
                self.app = replace(self.app, identity=replace(self.app.identity, link=self.sign_in))
        except BaseException:
            self.close()
            raise
        return self.app

    def start_loops(self) -> None:
        """Dispatch, sweep, listen and forget, until `close`. Starting twice is fine."""
        if self.looping:
            return
        self.looping = True
        # Workers first and the sweep last: what is stopped in reverse must not start another worker.
        death = Event()
        runner = make_local_runner(self.settings, environment_of(self.settings), lambda *_: death.set())
        self._parts.callback(runner.close, WORKER_GRACE_S)
        dispatch = partial(
            dispatch_jobs,
            jobs=self.app.jobs,
            runner=runner,
            concurrency=self.settings.concurrency,
            dispatch_deadline_s=self.settings.dispatch_deadline_s,
            daily_gpu_seconds=self.settings.daily_gpu_seconds,
        )
        queue = make_local_queue(dispatch)
        self._parts.callback(queue.close)
        self.app = replace(self.app, queue=queue, runner=runner)
        self._parts.callback(LiveMessages(self.app.database, self._changed, self._missed).close)
        self._parts.callback(Periodic("lost-uploads", LOST_UPLOADS_EVERY_S, self._find_lost_uploads).close)
        self._parts.callback(Periodic("retention", RETENTION_EVERY_S, self._forget_old).close)
        self._parts.callback(Periodic("translations", LOOK_EVERY_S, partial(translate_app, self.app, self._stop)).close)
        self._parts.callback(Periodic("sweep", self.settings.recover_every_s, self._sweep, death).close)

    def start_doors(self) -> None:
        """Answer HTTP and watch the inbox, until `close`. Call it after `open(web=True)` and `start_loops`."""
        from aisubs.http import FORGET_EVERY_S, Watchers, create_http, held_in

        if self._web is None:
            raise CannotStart("The edition was opened without a web server.")
        self.settings.results_dir.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # there before people are told of it; the watcher complains, and tries again
            self.settings.inbox_dir.mkdir(parents=True, exist_ok=True)
        watcher = Thread(target=self._inbox().watch, args=(self._stop,), name="inbox")
        self._parts.callback(self._web.stop)
        watchers = Watchers()
        self.on_change(watchers.tell, watchers.ask_again)
        self._parts.callback(Periodic("videos", LOOK_EVERY_S, partial(copy_app, self.app, self._stop)).close)
        self._parts.callback(Periodic("held", FORGET_EVERY_S, held_in(self.settings.data_dir).forget_old).close)
        secret, network = own_token(self.settings.data_dir, DOORS), self._web.network_urls
        self._web.start(create_http(self.app, watchers=watchers, network_urls=network, doors_secret=secret))
        watcher.start()
        self._parts.callback(watcher.join)

    def close(self) -> None:
        """Stop everything in reverse order. Workers save and hand over what they do; nothing is lost."""
        self._stop.set()
        self._parts.close()

    def abandon(self) -> None:
        """For a second Ctrl-C: wait for nothing. The next start repairs what this leaves, as after a kill -9."""
        if self._postgres is not None and self._postgres.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self._postgres.pid, signal.SIGTERM)  # "smart" shutdown: ends once the last worker has gone

    def on_change(self, observer: Callable[[Change], None], missed: Callable[[], None] = lambda: None) -> None:
        """Tell `observer` of every change from now on, in a thread of ours, and of some that may have been `missed`."""
        self._observers.append((observer, missed))

    def check(self) -> None:
        """Raises CalledOff once `close` was called."""
        if self._stop.is_set():
            raise CalledOff

    def __enter__(self) -> Edition:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _inbox(self) -> Inbox:
        settings = self.settings
        if self.app.mirror is None:
            raise CannotStart("The inbox needs a local store: leave STORE_URL empty, or give it a file:// address.")
        drops = Drops(
            app=self.app,
            written=WrittenFiles(self.app.jobs, self.app.mirror),
            limits=self.limits,
            inbox_dir=settings.inbox_dir,
            token_hash=hash_token(own_token(settings.data_dir, INBOX)),
            check=self.check,
            tell_of=lambda job: self._observe(Change.of(job)),
        )
        return Inbox(settings.inbox_dir, InboxJournal(settings.data_dir / "inbox.jsonl"), drops)

    # ── duties ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _receive_web_upload(self, landed: StoredObject) -> None:
        receive_upload(
            landed.name,
            landed.generation,
            store=self.app.store,
            jobs=self.app.jobs,
            queue=self.app.queue,
            limits=self.limits,
            settings=self.settings,
            source=Source.WEB,
        )

    def _sweep(self) -> None:
        app, settings = self.app, self.settings
        # A process of this machine is dead or it is not, so there is no need to wait for a long silence.
        reconcile_executions(
            jobs=app.jobs,
            runner=app.runner,
            silent_for_s=0,
            max_retries=settings.max_retries,
            retry_backoff_s=settings.retry_backoff_s,
            dispatch_deadline_s=settings.dispatch_deadline_s,
            gpu_patience_s=settings.gpu_patience_minutes * 60,
        )
        sweep_app(app, str(next(self._ticks)), compare_bucket=False)
        rewrite_corrected(app.jobs, app.store)

    def _find_lost_uploads(self) -> None:
        """Uploads that were complete when we died. The inbox and commands repeat what they did not finish."""
        find_lost_uploads(
            jobs=self.app.jobs,
            store=self.app.store,
            queue=self.app.queue,
            limits=self.limits,
            settings=self.settings,
            source=Source.WEB,
            prefix=places.UPLOADS,
        )

    def _forget_old(self) -> None:
        app, hours = self.app, self.settings.retention_hours
        expire_jobs(jobs=app.jobs, store=app.store, mirror=app.mirror, retention_hours=hours)

    def _changed(self, change: Change) -> None:
        # A job that ends wakes nobody: its worker takes the next one itself, without the cost of starting a process.
        # Should it not, its exit makes the sweep come sooner.
        if change.status == Status.PENDING and change.on_own_topic:
            wake(self.app.queue, f"live-{change.job_id}-{change.version}")
        self._observe(change)

    def _observe(self, change: Change) -> None:
        for observer, _ in self._observers:
            observer(change)

    def _missed(self) -> None:
        for _, missed in self._observers:
            missed()
