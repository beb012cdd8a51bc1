"""From an announcement or a dropped object to a pending job (aisubs/sql/code/20_uploads.sql)."""

from __future__ import annotations

from typing import Any

from aisubs.model.job import Job
from aisubs.pipeline.jobs.book import Book
from aisubs.pipeline.jobs.rights import Holder


class Uploads(Book):
    """How jobs come into the book."""

    __slots__ = ()

    def offer_upload(self, **announcement: Any) -> Job:
        """Announce a web upload. Arguments: job_id, token_hash, holder, filename, file_size_bytes, content_type,
        bucket, object_name, options, video_hash (hex SHA-256 computed by the client, or None), queue_capacity,
        upload_deadline_s, and optionally model (what a worker would use now; other models' results are not taken),
        address (of a sender who has not signed in), uploads_per_owner, max_uploads, upload_lease_s.

        A completed job of the same holder with the same `video_hash` and options ⇒ a new completed row, `cached`.
        Raises `queue_full` when pending + processing (all sources) reach `queue_capacity`, and `too_many_uploads`
        when this sender's uploads under way reach `uploads_per_owner`, or everybody's `max_uploads`.
        Calling again with the same job_id returns the row made before; raises `key_reused` if anything else is said,
        and `job_not_found` once that job is gone.
        """
        return self._job("offer_upload", **announcement)

    def find_upload(self, job_id: str, holder: Holder) -> str | None:
        """Where the recording of an announced job lies, or is to lie, for its owner alone."""
        name = self.database.call("find_upload", job_id=job_id, holder=holder.as_json())[0]["object_name"]
        return None if name is None else str(name)

    def renew_upload(self, job_id: str, holder: Holder, **lease: Any) -> dict[str, Any]:
        """{object_name, file_size_bytes}, before another session is opened; its bytes count once more. Raises
        `upload_gone`, `day_used_up`.

        Further arguments: upload_lease_s, upload_deadline_s, and optionally address, jobs_per_day, bytes_per_day.
        """
        return self.database.call("renew_upload", job_id=job_id, holder=holder.as_json(), **lease)[0]

    def touch_upload(self, bucket: str, object_name: str, upload_lease_s: float, upload_deadline_s: float) -> bool:
        """A sign of life of an announced upload: it counts for `upload_lease_s` from now, and its deadline is not
        before `upload_deadline_s` from now. False when no job waits for it."""
        lease = {"upload_lease_s": upload_lease_s, "upload_deadline_s": upload_deadline_s}
        return bool(self.database.call("touch_upload", bucket=bucket, object_name=object_name, **lease))

    def find_announced(self, bucket: str, object_name: str, generation: int) -> dict[str, Any] | None:
        """{job_id, file_size_bytes, options, ended} of the job that waits for this object or has it. `ended`: nobody
        does any more (all else is None). None: it was never announced here."""
        rows = self.database.call("find_announced", bucket=bucket, object_name=object_name, generation=generation)
        return rows[0] if rows else None

    def receive_upload(self, **landed: Any) -> Job | None:
        """An object is complete in the bucket. Arguments: bucket, object_name, generation, file_size_bytes,
        content_type, crc32c, duration_ms, filename, source, token_hash, owner_id, options.

        An `uploading` row of the same bucket and name becomes `pending` (its own filename, source and options stay);
        otherwise a drop-in row is inserted as `pending`, though never below `uploads/`. The same (bucket, object_name,
        generation) again changes nothing and returns that row as it stands. None when nobody waits for the object.
        """
        rows = self.database.call("receive_upload", **landed)
        return Job.model_validate(rows[0]) if rows else None

    def refuse_upload(self, **refused: Any) -> Job | None:
        """As `receive_upload`, but the recording is unfit: the row becomes, or is inserted as, `failed`. That of an
        announced upload forgets its object, which then is to be deleted.

        Further arguments: error_code, error_message.
        """
        rows = self.database.call("refuse_upload", **refused)
        return Job.model_validate(rows[0]) if rows else None

    def unknown_objects(self, bucket: str, objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Of [{name, generation}], those that no row (tombstones included) knows: their event was lost."""
        return self.database.call("unknown_objects", bucket=bucket, objects=objects)
