"""From an announcement or a dropped object to a pending job (aisubs/sql/code/20_uploads.sql)."""

from __future__ import annotations

from typing import Any

from aisubs.model.job import Job
from aisubs.pipeline.jobs.book import Book


class Uploads(Book):
    """How jobs come into the book."""

    __slots__ = ()

    def offer_upload(self, **announcement: Any) -> Job:
        """Announce a web upload. Arguments: job_id, token_hash, holder, filename, file_size_bytes, content_type,
        bucket, object_name, options, video_hash (hex SHA-256 computed by the client, or None), queue_capacity,
        upload_deadline_s, and optionally model (what a worker would use now; other models' results are not taken).

        A completed job of the same holder with the same `video_hash` and options ⇒ a new completed row, `cached`.
        Raises `queue_full` when uploading + pending + processing (all sources) reach `queue_capacity`.
        Calling again with the same job_id returns the row made before.
        """
        return self._job("offer_upload", **announcement)

    def receive_upload(self, **landed: Any) -> Job | None:
        """An object is complete in the bucket. Arguments: bucket, object_name, generation, file_size_bytes,
        content_type, crc32c, duration_ms, filename, source, token_hash, owner_id, options.

        An `uploading` row of the same bucket and name becomes `pending` (its own filename, source and options stay);
        otherwise a drop-in row is inserted as `pending`. The same (bucket, object_name, generation) again changes
        nothing and returns that row as it stands. None when the upload's row was cancelled or has expired; such a
        row remembers the object, so that it is deleted with it.
        """
        rows = self.database.call("receive_upload", **landed)
        return Job.model_validate(rows[0]) if rows else None

    def refuse_upload(self, **refused: Any) -> Job | None:
        """As `receive_upload`, but the recording is unfit: the row becomes, or is inserted as, `failed`.

        Further arguments: error_code, error_message.
        """
        rows = self.database.call("refuse_upload", **refused)
        return Job.model_validate(rows[0]) if rows else None

    def unknown_objects(self, bucket: str, objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Of [{name, generation}], those that no row (tombstones included) knows: their event was lost."""
        return self.database.call("unknown_objects", bucket=bucket, objects=objects)
