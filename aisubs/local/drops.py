"""What becomes of a file that the inbox found: a copy in the store under `inbox/`, then a job."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from aisubs.local.deposit import SteadyFile, deposit, steady
from aisubs.local.film import expected_language, look_at, subtitle_there
from aisubs.local.tokens import OWNER
from aisubs.media.probe import Limits
from aisubs.model import places
from aisubs.model.errors import AisubsError, BadInput, error
from aisubs.model.job import Job, Source
from aisubs.model.names import shown_filename
from aisubs.pipeline.drop_options import drop_options
from aisubs.pipeline.jobs import Holder
from aisubs.pipeline.mirror_results import forget_failure, tell_of_failure
from aisubs.pipeline.receive_upload import receive_upload, wake
from aisubs.pipeline.written_files import WrittenFiles
from aisubs.ports import BesideRecordings, StoredObject
from aisubs.wiring import App

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Drops:
    """The taker of the local edition's inbox.

    `check` is called while copying and may raise to call it off; `tell_of` hears of every job that was made.
    """

    app: App
    written: WrittenFiles
    limits: Limits
    inbox_dir: Path
    token_hash: str
    check: Callable[[], None]
    tell_of: Callable[[Job], None]

    def take(self, path: Path, name: str) -> None:
        """Safe to repeat at any point: a copy that is there already is used, and a job is made once per copy."""
        object_name = places.INBOX + name
        with steady(path, self.check) as file:
            if file.signature.size_bytes > self.app.settings.max_upload_bytes:
                self._announce(self._refuse(object_name, file))
                return
            self._bring_options(name)
            if self._has_subtitles(path, name):
                return
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
            owner_id=OWNER,
            settings=self.app.settings,
        )
        if job is not None and job.error_code == "taken_back":
            job = self._put_back(job)
        self._announce(job)
        forget_failure(name, self.written)

    def tell(self, name: str, sentence: str) -> None:
        tell_of_failure(name, sentence, self.written)

    def take_back(self, names: list[str]) -> list[str]:
        """These files are no longer in the inbox: cancels what still waits, and returns their names."""
        cancelled = self.app.jobs.cancel_dropped(self.app.store.bucket, [places.INBOX + name for name in names])
        return [places.dropped_name(row["object_name"]) for row in cancelled]

    def _put_back(self, job: Job) -> Job:
        """The very file that was taken out of the inbox is there again: in line again."""
        back = self.app.jobs.retry_job(job.job_id, Holder((self.token_hash,)), self.app.queue_capacity)
        wake(self.app.queue, f"{back.job_id}-{back.retry_count}-{back.version}")
        return back

    def _announce(self, job: Job | None) -> None:
        if job is not None:
            self.tell_of(job)

    def _refuse(self, object_name: str, file: SteadyFile) -> Job | None:
        """A failed row for what is too big to be copied: the same answer as for an upload, without filling the disk."""
        refusal = error("too_big", limit=f"{self.app.settings.max_upload_bytes / 1024**3:.1f} GiB")
        return self.app.jobs.refuse_upload(
            bucket=self.app.store.bucket,
            object_name=object_name,
            generation=file.changed_at_us,  # what a copy would have got, if it had been made at once
            file_size_bytes=file.signature.size_bytes,
            content_type="application/octet-stream",
            crc32c=None,
            duration_ms=None,
            filename=shown_filename(object_name),
            source=Source.FOLDER.value,
            token_hash=self.token_hash,
            owner_id=OWNER,
            options={},
            error_code=refusal.code,
            error_message=refusal.sentence,
        )

    def _has_subtitles(self, path: Path, name: str) -> bool:
        """Whether a film of a library has subtitles in its language that are not ours, as far as that can be told
        without listening. Then there is nothing to do: who wants ours takes the others away and touches the film."""
        mirror = self.written.mirror
        if not isinstance(mirror, BesideRecordings):
            return False
        try:
            options = drop_options(self.app.store, places.INBOX + name, {}, self.app.settings)
        except BadInput:
            return False  # receive_upload tells of it
        info = look_at(path, options, self.limits)
        language = expected_language(options, info)
        beside, folder = WrittenFiles(self.app.jobs, mirror.beside), PurePosixPath(name).parent
        there = language and subtitle_there(path, language, info, lambda found: beside.may_replace(str(folder / found)))
        if there:
            log.info("inbox.has_subtitles", extra={"object": name, "reason": there})
        return bool(there)

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
            options = folder / places.FOLDER_OPTIONS
            try:
                self.app.store.put(places.INBOX + str(options), (self.inbox_dir / options).read_bytes())
            except FileNotFoundError:
                self.app.store.delete(places.INBOX + str(options))
