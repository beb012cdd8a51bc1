"""A worker's surroundings on this machine: real database, local store, results folder, ways to look at the outcome."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aisubs.adapters.database.postgres import PostgresDatabase
from aisubs.adapters.queue.sweep import SweepQueue
from aisubs.adapters.store.folder import Folder
from aisubs.adapters.store.local import LocalStore
from aisubs.duties import make_worker
from aisubs.model import places
from aisubs.model.job import Options
from aisubs.model.transcript import Window
from aisubs.pipeline.jobs import Holder, HolderReads, HouseReads, Jobs, Reads
from aisubs.pipeline.mirror_results import read_whole
from aisubs.pipeline.work import work
from aisubs.ports import Database, Diarizer, Engine, Queue
from aisubs.settings import Settings
from aisubs.wiring import App, make_app
from aisubs.wiring_engine import make_engine
from aisubs.wiring_workers import no_diarizer


class Killed(BaseException):
    """As a kill does it: nothing of ours runs any more."""


class Workshop:
    """Everything below `folder`; `url` is a migrated database."""

    def __init__(self, url: str, folder: Path, **settings: Any) -> None:
        self.url = url
        self.folder = folder
        self.settings = Settings(
            database_url=url,
            data_dir=folder,
            store_url=(folder / "store").as_uri(),
            results_dir=folder / "results",
            cpu_threads=1,
            retry_backoff_s=0.0,
            **settings,
        )

    def __enter__(self) -> Self:
        self.database = PostgresDatabase(self.url)
        self.jobs = Jobs(self.database)
        self.store = LocalStore(self.folder / "store")
        self.mirror = Folder(self.folder / "results")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.database.close()

    def drop(
        self,
        path: Path,
        name: str | None = None,
        owner_id: str | None = None,
        script: str | None = None,
        **options: Any,
    ) -> str:
        """A recording is dropped in the inbox; returns the id of its job, which is pending."""
        with path.open("rb") as file:
            found = self.store.put(f"inbox/{name or path.name}", file)
        if script is not None:
            self.store.put(places.script_of(found.name), script.encode())
            options = Options.model_validate(options).with_script(script).as_json()
        job = self.jobs.receive_upload(
            bucket=found.bucket,
            object_name=found.name,
            generation=found.generation,
            file_size_bytes=found.size_bytes,
            content_type=found.content_type,
            crc32c=found.crc32c,
            duration_ms=None,
            filename=name or path.name,
            source="folder",
            token_hash=None,
            owner_id=owner_id,
            options=options,
        )
        assert job is not None
        return job.job_id

    def work(
        self,
        engine: Engine | None = None,
        *,
        stop: threading.Event | None = None,
        database: Database | None = None,
        queue: Queue | None = None,
        load: Callable[[str | None], Engine] | None = None,
        diarizer: Diarizer | None = None,
        **settings: Any,
    ) -> int:
        """One worker in this process, until nothing is left to do; returns its exit code. It tells speakers apart with
        `diarizer` alone, whatever this machine has."""
        chosen = self.settings.model_copy(update=settings)
        given = load or (lambda model: engine or make_engine(chosen, model))
        app = self.plugged(make_app(chosen, database=database or self.database, queue=queue or SweepQueue()))
        app = replace(app, load_diarizer=(lambda: diarizer) if diarizer else no_diarizer)
        return work(make_worker(app, stop or threading.Event(), given), "workshop")

    def plugged(self, app: App) -> App:
        """What a worker of this workshop stands on."""
        return app

    def start_process(self, **environment: str) -> subprocess.Popen[bytes]:
        """aisubs/worker.py as a process of its own, taking whatever waits; its log goes to `folder`/worker.log."""
        given = {
            name.upper(): str(value.get_secret_value() if hasattr(value, "get_secret_value") else value)
            for name, value in self.settings.model_dump().items()
            if value is not None
        }
        with (self.folder / "worker.log").open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "aisubs.worker"],
                env={**os.environ, **given, **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def row(self, job_id: str) -> dict[str, Any]:
        import psycopg
        from psycopg.rows import dict_row

        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            found = connection.execute("select * from aisubs.transcription_jobs where job_id = %s", [job_id]).fetchone()
        assert found is not None
        return found

    def sql(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        import psycopg
        from psycopg.rows import dict_row

        with psycopg.connect(self.url, autocommit=True, row_factory=dict_row) as connection:
            cursor = connection.execute(statement, values)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def reads(self, job_id: str) -> Reads:
        """The job's text as whoever has the job reads it."""
        (row,) = self.sql(
            "select source, token_hash, owner_id from aisubs.transcription_jobs where job_id = %s", job_id
        )
        if row["source"] != "web":
            return HouseReads(self.jobs)
        return HolderReads(self.jobs, Holder((row["token_hash"],), row["owner_id"]))

    def windows(self, job_id: str) -> list[Window]:
        return self.reads(job_id).read_windows(job_id, 0, 100_000)

    def peaks(self, job_id: str) -> bytes:
        """As saved with the windows, whoever may read them."""
        kept = "select string_agg(peaks, '' order by seq) as peaks from aisubs.transcript_windows where job_id = %s"
        return bytes(self.sql(kept, job_id)[0]["peaks"])

    def files(self, job_id: str) -> dict[str, bytes]:
        """The published files by format, checked against the digests in the row."""
        result = self.reads(job_id).get_result(job_id)
        assert result is not None
        found = {}
        for file in result["files"]:
            data = read_whole(self.store, file["key"])
            assert hashlib.sha256(data).hexdigest() == file["sha256"]
            assert len(data) == file["size_bytes"]
            found[file["format"]] = data
        return found
