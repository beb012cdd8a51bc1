"""The whole cloud edition on the loopback: every function, the worker, and doubles of all that Google and Supabase run.
Our code gets cloud settings only, and talks to the doubles through the vendors' client libraries. Nobody has the
service key: each component has the token of its own role, and each worker one of its own that the dispatcher made.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
import psycopg
from google.cloud.storage import Bucket, Client
from google.oauth2 import service_account
from psycopg.rows import dict_row

from aisubs.model.component_token import make_token
from aisubs.settings import Settings
from aisubs.weights.speakers.place import find_speakers
from tests.components import COMPONENTS
from tests.doubles.cloud_run import CloudRun
from tests.doubles.cloud_run_front import CloudRunFront
from tests.doubles.cloud_tasks import CloudTasks
from tests.doubles.eventarc import Eventarc
from tests.doubles.gcs import Gcs
from tests.doubles.google_environment import google_variables
from tests.doubles.google_identity import PROJECT, GoogleIdentity
from tests.doubles.supabase_rpc import SupabaseRpc
from tests.rehearsal.function_process import FunctionProcess
from tests.rehearsal.recordings import FULL
from tests.toy_model import TOY

ROOT = Path(__file__).parents[2]
PRIVATE = ("on_upload", "dispatch", "recover_stale", "apply_retention")
FUNCTIONS = (*PRIVATE, "api")
WEB_ORIGIN = "https://subtitles.example"
OVERFLOW = f"projects/{PROJECT}/locations/us-central1/jobs/overflow"
PATIENCE_S = 900.0 if FULL else 180.0
OVER = ("completed", "failed", "cancelled")


def account(name: str) -> str:
    return f"{name}@{PROJECT}.iam.gserviceaccount.com"


DAY_S = 86_400.0

UNPLUGGED = {"HTTPS_PROXY": "http://127.0.0.1:1", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
"""google-auth asks Google about its service accounts behind our back; nothing here talks to anybody outside."""

CALLERS = {
    "on_upload": account("eventarc"),
    "dispatch": account("tasks"),
    "recover_stale": account("scheduler"),
    "apply_retention": account("scheduler"),
    "api": account("scheduler"),
}


@dataclass
class Cloud:
    """Started by `with`; everything below `folder`. `database_url` is what Supabase would keep to itself."""

    database_url: str
    folder: Path
    concurrency: int = 2

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.identity = stack.enter_context(GoogleIdentity())
            self.supabase = stack.enter_context(SupabaseRpc(self.database_url))
            self.eventarc = stack.enter_context(Eventarc(self.identity, account("eventarc"), "uploads"))
            self.gcs = stack.enter_context(
                Gcs(
                    self.identity,
                    ("uploads", "results"),
                    origins=[WEB_ORIGIN],
                    on_finalized=self.eventarc.publish,
                )
            )
            self.tasks = stack.enter_context(CloudTasks(self.identity))
            self.functions = {target: FunctionProcess(target, self.folder) for target in FUNCTIONS}
            self.services = {
                target: stack.enter_context(
                    CloudRunFront(self.identity, self.functions[target].port, CALLERS[target])
                ).url
                for target in PRIVATE
            } | {"api": self.functions["api"].url}
            self.worker_log = self.folder / "worker.log"
            container = [sys.executable, "-m", "gpu_job.main"], self._worker_variables(), self.worker_log
            self.overflow = stack.enter_context(CloudRun(*container, job=OVERFLOW))
            self.run = stack.enter_context(CloudRun(*container, beside=self.overflow))
            self.run.quota = self.overflow.quota = self.concurrency
            self.eventarc.target_url = self.services["on_upload"]
            for target, function in self.functions.items():
                stack.callback(function.kill)
                function.start(self._function_variables(target))
            for function in self.functions.values():
                function.wait()
            self.connection = stack.enter_context(
                psycopg.connect(self.database_url, autocommit=True, row_factory=dict_row)
            )
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    # ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _everybody(self, who: str) -> dict[str, str]:
        return {
            "SUPABASE_URL": self.supabase.url,
            "SUPABASE_PUBLISHABLE_KEY": self.supabase.keys.anon,
            "STORE_URL": "gs://uploads",
            "CONCURRENCY": str(self.concurrency),
            "QUEUE_CAPACITY": "500",
            "UPLOADS_PER_OWNER": "500",
            "HEARTBEAT_S": "1",
            "STALE_AFTER_S": "60",
            "RETRY_BACKOFF_S": "0.1",
            "RECOVER_BATCH": "10",
            **UNPLUGGED,
            **google_variables(self.identity, self.folder, self.gcs, account(who)),
        }

    def _waking(self) -> dict[str, str]:
        return {
            "CLOUD_TASKS_QUEUE": self.tasks.queue,
            "CLOUD_TASKS_ENDPOINT": self.tasks.endpoint,
            "DISPATCH_URL": f"{self.services['dispatch']}/",
            "TASKS_SERVICE_ACCOUNT": account("tasks"),
        }

    def _function_variables(self, target: str) -> dict[str, str]:
        """Each is told what it needs and no more, as in infra/modules/environment."""
        waking = self._waking()
        workers = {"CLOUD_RUN_JOB": self.run.job, "CLOUD_RUN_ENDPOINT": self.run.endpoint}
        starting = {**workers, "CLOUD_RUN_OVERFLOW_JOB": self.overflow.job}
        own = {
            "on_upload": waking,
            "dispatch": {**starting, "SUPABASE_SIGNING_KEY": self.supabase.keys.jwt_secret},
            "recover_stale": {**waking, **starting, "RESULTS_URL": "gs://results"},
            "apply_retention": {},
            "api": {**waking, **workers, "ANONYMOUS": "yes"},
        }
        return {
            **self._everybody(target.replace("_", "-")),
            **own[target],
            "SUPABASE_SERVICE_KEY": make_token(self.supabase.keys.jwt_secret, COMPONENTS[target], DAY_S),
            "DATA_DIR": str(self.folder / "tmp"),
            "ALLOWED_CALLERS": CALLERS[target],
            "SERVICE_AUDIENCE": self.services[target],
            "IDENTITY_CHECKED_BY": "cloud_run" if target in PRIVATE else "us",
            "IDENTITY_CERTS_URL": self.identity.certs_url,
            "ALLOWED_ORIGINS": WEB_ORIGIN,
        }

    def _worker_variables(self) -> dict[str, str]:
        here = {"HOME": str(self.folder), "PYTHONPATH": str(ROOT)}
        own = {"RESULTS_URL": "gs://results", "MODEL": str(TOY), "CPU_THREADS": "1", "BATCH_SIZE": "2"}
        if speakers := find_speakers(Settings()):  # of the worker's image alone: no function has them
            own["SPEAKER_MODEL_DIR"] = str(speakers.folder)
        return {**here, **self._everybody("worker"), **self._waking(), **own}

    # ── what people and Google do ────────────────────────────────────────────────────────────────────────────────────

    def bucket(self, name: str) -> Bucket:
        """Through the real client, as somebody who may."""
        key = self.identity.key_file(account("somebody"))
        scopes = ["https://www.googleapis.com/auth/devstorage.read_write"]
        credentials = service_account.Credentials.from_service_account_info(key, scopes=scopes)
        options = {"api_endpoint": self.gcs.url}
        return Client(project=PROJECT, credentials=credentials, client_options=options).bucket(name)

    def drop(self, name: str, data: bytes, **metadata: str) -> None:
        """As `gcloud storage cp --custom-metadata=…`."""
        blob = self.bucket("uploads").blob(name)
        blob.metadata = metadata or None
        blob.upload_from_string(data, content_type="application/octet-stream")

    def results(self, prefix: str = "") -> dict[str, bytes]:
        """Everything in the results bucket. By name only: a file may be written again, alike, after it was listed."""
        bucket = self.bucket("results")
        return {name: bucket.blob(name).download_as_bytes() for name in self.result_names(prefix)}

    def result_names(self, prefix: str = "") -> list[str]:
        return [blob.name for blob in self.bucket("results").list_blobs(prefix=prefix)]

    def call(self, target: str, path: str = "/") -> dict[str, Any]:
        """As Cloud Scheduler does it."""
        url = self.services[target]
        token = self.identity.identity_token(CALLERS[target], url)
        answer = httpx.post(f"{url}{path}", headers={"Authorization": f"Bearer {token}"}, timeout=60)
        assert answer.status_code == 200, (answer.text, self.functions[target].log.read_text()[-3000:])
        found: dict[str, Any] = answer.json()
        return found

    # ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def sql(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        cursor = self.connection.execute(statement, values or None)  # type: ignore[call-overload]
        return cursor.fetchall() if cursor.description else []

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The jobs of an object (all its generations), or of all below a name that ends with `/`."""
        return self.sql(
            "select * from aisubs.transcription_jobs where object_name like %s order by created_at",
            f"{name}%" if name.endswith("/") else name,
        )

    def row(self, name: str) -> dict[str, Any]:
        (row,) = self.rows(name)
        return row

    def until(self, holds: Callable[[], object], *, sweeping: bool = False) -> None:
        """Wait for it; with the scheduler's sweep every second if asked for."""
        end_s, swept_s = time.monotonic() + PATIENCE_S, 0.0
        while not holds():
            assert time.monotonic() < end_s, self.told()
            if sweeping and time.monotonic() - swept_s > 1:
                self.call("recover_stale")
                swept_s = time.monotonic()
            time.sleep(0.05)

    def completed(self, name: str, *, sweeping: bool = False) -> dict[str, Any]:
        """The job of this object once it is over; it must have gone well."""
        self.until(lambda: any(row["status"] in OVER for row in self.rows(name)), sweeping=sweeping)
        row = self.row(name)
        assert row["status"] == "completed", (row["error_code"], self.told())
        return row

    def idle(self) -> None:
        """Wait until no worker runs and no task waits."""
        self.until(lambda: not self.run.running() and not self.overflow.running() and not self.tasks.waiting())

    def executions(self) -> Iterator[str]:
        yield from self.run.executions

    def told(self) -> str:
        """The ends of all logs, for a test that failed."""
        logs = [function.log for function in self.functions.values()] + [self.worker_log]
        states = self.sql("select object_name, status, progress_stage, error_code from aisubs.transcription_jobs")
        return "\n".join([str(states), *(f"{log.name}: {log.read_text()[-1500:]}" for log in logs if log.exists())])
