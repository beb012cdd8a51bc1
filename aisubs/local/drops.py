"""What becomes of a file that the inbox found: a copy in the store under `inbox/`, then a job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from aisubs.local.deposit import SteadyFile, deposit, steady
from aisubs.media.probe import Limits
from aisubs.model.errors import AisubsError, error
from aisubs.model.job import Job, Source
from aisubs.pipeline.mirror_results import INBOX_PREFIX
from aisubs.pipeline.receive_upload import FOLDER_OPTIONS, receive_upload
from aisubs.ports import Mirror, StoredObject
from aisubs.wiring import App


@dataclass(frozen=True, slots=True)
class Drops:
    """The taker of the local edition's inbox.

    `check` is called while copying and may raise to call it off; `tell_of` hears of every job that was made.
    """

    app: App
    mirror: Mirror
    limits: Limits
    inbox_dir: Path
    token_hash: str
    check: Callable[[], None]
    tell_of: Callable[[Job], None]

    def take(self, path: Path, name: str) -> None:
        """Safe to repeat at any point: a copy that is there already is used, and a job is made once per copy."""
        object_name = INBOX_PREFIX + name
        with steady(path, self.check) as file:
            if file.signature.size_bytes > self.app.settings.max_upload_bytes:
                self._announce(self._refuse(object_name, file))
                return
            self._bring_options(name)
            stored = self._copy_made_before(object_name, file) or deposit(self.app.store, file, object_name, {})
        job = receive_upload(
            object_name,
            stored.generation,
            store=self.app.store,
            jobs=self.app.jobs,
            queue=self.app.queue,
            limits=self.limits,
            source=Source.FOLDER,
            token_hash=self.token_hash,
        )
        self._announce(job)
        # What was said about an earlier state of this file is no longer true.
        self.mirror.delete(f"{name}.error.txt")

    def tell(self, name: str, sentence: str) -> None:
        self.mirror.put(f"{name}.error.txt", f"{sentence}\n".encode(), "text/plain; charset=utf-8")

    def _announce(self, job: Job | None) -> None:
        if job is not None:
            self.tell_of(job)

    def _refuse(self, object_name: str, file: SteadyFile) -> Job | None:
        """A failed row for what is too big to be copied: the same answer as for an upload, without filling the disk."""
        refusal = error("too_big", limit=f"{self.app.settings.max_upload_bytes / 1024**3:.1f} GiB")
        return self.app.jobs.refuse_upload(
            bucket=self.app.store.bucket,
            object_name=object_name,
            generation=file.signature.mtime_ns,
            file_size_bytes=file.signature.size_bytes,
            content_type="application/octet-stream",
            crc32c=None,
            duration_ms=None,
            filename=PurePosixPath(object_name).name,
            source=Source.FOLDER.value,
            token_hash=self.token_hash,
            owner_id=None,
            options={},
            error_code=refusal.code,
            error_message=refusal.sentence,
        )

    def _copy_made_before(self, object_name: str, file: SteadyFile) -> StoredObject | None:
        """The copy of this very content, when we died between copying and taking note of it."""
        try:
            stored = self.app.store.stat(object_name)
        except AisubsError as fault:
            if fault.code != "object_not_found":
                raise
            return None
        return stored if file.signature.stands_in(stored.metadata) else None

    def _bring_options(self, name: str) -> None:
        """Let the store hold the options files of all folders above `name` as they are in the inbox now."""
        for folder in PurePosixPath(name).parents:
            options = folder / FOLDER_OPTIONS
            try:
                self.app.store.put(INBOX_PREFIX + str(options), (self.inbox_dir / options).read_bytes())
            except FileNotFoundError:
                self.app.store.delete(INBOX_PREFIX + str(options))
