-- The states of a job: which moves there are, who makes them, and who ends a state that lasts too long.
-- docs/states.md is generated from the first two lists below (python -m aisubs.sql.states); a test compares.
-- They are functions and not tables, so that the schema holds nothing that callers could wait for during `migrate`.

-- Every move. The guard trigger refuses all others, whoever asks.
create function aisubs_core.moves() returns table (from_status text, to_status text, by_function text, because text)
    language sql immutable as $$ values
    (null, 'uploading', 'offer_upload', 'a web upload is announced'),
    (null, 'completed', 'offer_upload', 'its owner already has the result of this very recording'),
    (null, 'pending', 'receive_upload', 'a recording was dropped'),
    (null, 'failed', 'refuse_upload', 'what was dropped is no fit recording'),
    ('uploading', 'pending', 'receive_upload', 'the upload is complete'),
    ('uploading', 'failed', 'refuse_upload', 'the upload is no fit recording'),
    ('uploading', 'cancelled', 'cancel_job', 'its owner cancels'),
    ('uploading', 'cancelled', 'expire_uploads', 'nothing more came of the upload'),
    ('uploading', 'cancelled', 'expire_jobs', 'it is past retention'),
    ('pending', 'failed', 'receive_upload', 'its sender has no audio minutes left this month'),
    ('pending', 'processing', 'begin_dispatch', 'a slot is free and it is this job''s turn'),
    ('pending', 'processing', 'claim_next_job', 'a worker has time left and it is this job''s turn'),
    ('pending', 'cancelled', 'cancel_job', 'its owner cancels'),
    ('pending', 'cancelled', 'expire_jobs', 'it is past retention'),
    ('pending', 'cancelled', 'receive_upload', 'a newer version of the file was dropped'),
    ('pending', 'cancelled', 'refuse_upload', 'a newer version of the file was dropped, and is unfit'),
    ('pending', 'cancelled', 'cancel_dropped', 'the file was taken back before its turn'),
    ('processing', 'completed', 'complete_job', 'the transcript is whole'),
    ('processing', 'completed', 'adopt_result', 'equal content with equal options was transcribed before'),
    ('processing', 'pending', 'release_job', 'the worker hands over (deadline, SIGTERM)'),
    ('processing', 'pending', 'return_dispatch', 'no machine is free'),
    ('processing', 'pending', 'fail_job', 'a passing fault; got further, or has retries left'),
    ('processing', 'pending', 'recover_stale', 'the worker is silent or never came; got further, or has retries left'),
    ('processing', 'pending', 'worker_died', 'the runner knows that it is gone; got further, or has retries left'),
    ('processing', 'failed', 'fail_job', 'a lasting fault, or the retries are used up'),
    ('processing', 'failed', 'release_job', 'twice in a row handed over at the deadline without getting further'),
    ('processing', 'failed', 'recover_stale', 'silent once too often'),
    ('processing', 'failed', 'worker_died', 'dead once too often, or no worker can start at all'),
    ('processing', 'cancelled', 'cancel_job', 'its owner stops it (CANCEL_RUNNING)'),
    ('processing', 'cancelled', 'receive_upload', 'a newer version of the file was dropped'),
    ('processing', 'cancelled', 'refuse_upload', 'a newer version of the file was dropped, and is unfit'),
    ('uploading', 'failed', 'admin_fail', 'an administrator stops it'),
    ('pending', 'failed', 'admin_fail', 'an administrator stops it'),
    ('processing', 'failed', 'admin_fail', 'an administrator stops it'),
    ('failed', 'pending', 'retry_job', 'its owner tries again'),
    ('cancelled', 'pending', 'retry_job', 'its owner tries again'),
    ('failed', 'pending', 'admin_retry', 'an administrator tries again'),
    ('cancelled', 'pending', 'admin_retry', 'an administrator tries again') $$;

-- Nothing waits for ever: each state that is no end has a deadline, and a function that the sweeps call enforces it.
-- (A pending job whose wake-up was lost starts much earlier: the sweep asks `startable` and wakes the dispatcher.)
create function aisubs_core.deadlines()
    returns table (status text, stage text, deadline text, enforced_by text, outcome text)
    language sql immutable as $$ values
    ('uploading', '', 'upload_deadline', 'expire_uploads', 'cancelled, upload_expired'),
    ('pending', '', 'created_at + retention_hours', 'expire_jobs', 'cancelled and deleted'),
    -- Where the runner knows the execution it is asked first: a start that waits for a machine is given time.
    ('processing', 'starting', 'dispatch_deadline', 'recover_stale', 'pending again, in the end failed, worker_start'),
    ('processing', 'any other', 'last_seen + stale_after_s', 'recover_stale',
     'pending again, in the end failed, worker_died'),
    ('processing', 'any other', 'worked_at + stuck_after_s', 'recover_stale',
     'pending again, in the end failed, worker_died') $$;

-- Nothing more comes of it by itself (Status.over in Python, OVER on the page).
create function aisubs_core.has_ended(status text) returns boolean language sql immutable as $$
    select not exists (select from aisubs_core.deadlines() d where d.status = has_ended.status) $$;

-- The errors that SQL raises or stores itself; aisubs/model/error_table.py has them all, and a test compares.
create function aisubs_core.errors() returns table (code text, http_status integer, retryable boolean, sentence text)
    language sql immutable as $$ values
    ('queue_full', 429, true, 'The system is busy: {active} of {limit} jobs are in line. Try again in a few minutes.'),
    ('too_many_uploads', 429, true,
     '{active} uploads are under way, and no more than {limit} may be. Try again when one of them is done.'),
    ('day_used_up', 429, true,
     'The recordings of today are used up: {used} of {limit}. More may be sent from {returns} on.'),
    ('bytes_used_up', 429, true,
     'The bytes of today are used up, or too few are left: {used} of {limit}. They return {returns}.'),
    ('minutes_used_up', 429, true,
     'The audio minutes of this month are used up, or too few are left: {used} of {limit}. They return {returns}.'),
    ('key_reused', 422, false,
     'This Idempotency-Key belongs to the announcement of another file. Take a new one for each.'),
    ('unauthorized', 401, false, 'This needs the access token of the job.'),
    ('not_admin', 403, false, 'This is for administrators of this server.'),
    ('too_many_keys', 409, false, 'There are {limit} keys already. Revoke one first.'),
    ('job_not_found', 404, false, 'There is no such job, or it has been deleted.'),
    ('not_found', 404, false, 'There is nothing at this address.'),
    ('read_only', 403, false, 'This link only allows reading. Changes are for whoever made it.'),
    ('share_over', 410, false, 'This link no longer works: it was revoked, its time is over, or the job was deleted.'),
    ('too_many_shares', 409, false, 'This job has {limit} links already. Revoke one first.'),
    ('too_many_webhooks', 409, false, 'There are {limit} already. Delete one first, or wait an hour.'),
    ('webhook_owner', 403, false,
     'Webhooks are for whoever is signed in, or has a library key: a single job has nobody to tell.'),
    ('voices_owner', 403, false,
     'Voices are remembered for whoever is signed in, or has a library key: single jobs have no place for them.'),
    ('recording_gone', 410, false, 'The recording is no longer here. The transcript stays.'),
    ('recording_not_shared', 403, false, 'This link is for the transcript only, without the recording.'),
    ('history_not_shared', 403, false, 'This link shows the text as it is now, not as it was before.'),
    ('not_cancellable', 409, false, 'This job is being processed and runs to its end.'),
    ('already_over', 409, false, 'This job is over already, so there is nothing left to cancel.'),
    ('not_retryable', 409, false, 'Only a failed or cancelled job can be tried again.'),
    ('not_finished', 409, true, 'This job is not finished yet.'),
    ('revision_conflict', 412, false,
     'The text was changed meanwhile, in another tab or by somebody else. Load it again.'),
    ('translation_not_found', 404, false, 'There is no translation of this text into {language}.'),
    ('too_many_translations', 409, false, 'This text has {limit} translations already. Delete one first.'),
    ('too_many_copies', 409, false, '{limit} videos of this recording are kept. Delete one first.'),
    ('copies_waiting', 429, true,
     '{active} videos with subtitles are being made for you, and no more than {limit} may be. Ask again when one of '
     'them is done.'),
    ('illegal_move', 409, false, 'The job cannot do this in its present state.'),
    ('lost_lease', 409, false, 'Another worker has taken this job over.'),
    ('upload_gone', 410, false, 'This upload session has ended. Start the upload again.'),
    ('upload_expired', 410, false, 'The upload was not finished in time. Start it again.'),
    ('superseded', 409, false, 'A newer version of this file was dropped and took its place.'),
    ('taken_back', 409, false,
     'The file was taken out of the inbox before its turn. Put it back, and it is taken again.'),
    ('incomplete', 500, true,
     'The transcript does not cover the whole recording, so it was not published. The job will be tried again.'),
    ('no_progress', 500, true, 'The job was stopped twice without getting any further.'),
    ('worker_died', 500, true, 'The worker stopped again and again without a word, most likely for lack of memory.'),
    ('worker_start', 500, true, 'No worker could be started for this job.'),
    ('stopped', 403, false, 'Whoever runs this server has stopped this job.') $$;

-- Raise one of our errors: PostgREST answers with its HTTP status, psycopg sees the same SQLSTATE; the message is the
-- code, and DETAIL is a JSON object that fills the sentence.
create function aisubs_core.refuse(code text, detail jsonb default '{}') returns void language plpgsql as $$
declare
    known record;
begin
    select * into strict known from aisubs_core.errors() e where e.code = refuse.code;
    raise exception using errcode = 'PT' || known.http_status, message = known.code, detail = refuse.detail::text;
end $$;

-- Two questions must be asked by one transaction at a time, or two of them see the same free place: "may one more
-- start?" and "may one more join the line?". The statement after the lock sees what its former holder wrote, as
-- isolation is READ COMMITTED.
create function aisubs_core.lock_dispatch() returns void language sql as $$
    select pg_advisory_xact_lock(hashtextextended('aisubs.dispatch', 0)) $$;
create function aisubs_core.lock_admission() returns void language sql as $$
    select pg_advisory_xact_lock(hashtextextended('aisubs.admission', 0)) $$;

-- What belongs to a state goes with it, so that no move can forget a column.
create function aisubs_core.leave_state(old aisubs.transcription_jobs, new aisubs.transcription_jobs)
    returns aisubs.transcription_jobs language plpgsql as $$
begin
    if new.progress_message is not distinct from old.progress_message then
        new.progress_message := null;
    end if;
    if old.status = 'uploading' then
        new.upload_deadline := null;
        new.upload_lease := null;
        new.uploader := null;
    elsif old.status = 'pending' then
        new.not_before := null;
        new.waiting_for := null;
        new.raised_at := null;
    elsif old.status = 'processing' then
        new.progress_stage := null;
        new.dispatch_id := null;
        new.dispatch_deadline := null;
        new.execution_name := null;
        new.claimed_by := null;
        new.remaining_ms := null;
        new.remaining_at := null;
        new.attempt_at := null;
        if old.attempt_at is not null then
            new.worked_s := old.worked_s + extract(epoch from now() - old.attempt_at);
            perform aisubs_core.spend(new.worked_s - old.worked_s);
            perform aisubs_core.count_sent(aisubs_core.payer(old), worker_s => new.worked_s - old.worked_s);
        end if;
        if new.returned_dispatches = old.returned_dispatches then  -- it is not that no machine was to be had
            new.waiting_for := null;
            new.waiting_since := null;
        end if;
    else
        new.completed_at := null;
        new.mirrored_at := null;
        new.error_code := null;
        new.error_message := null;
        new.retryable := null;
    end if;
    if aisubs_core.has_ended(new.status) then
        if new.status <> 'completed' then
            new.counted_ms := aisubs_core.give_back(old);
        end if;
        new.completed_at := now();
        new.sender := null;
    end if;
    return new;
end $$;

-- The last wall before the table: no unknown move, no going back of fence or shown progress, no row deleted alive.
-- It also counts `version` up whenever something changes that a person could see.
create function aisubs_core.guard() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.deleted_at is null then
            perform aisubs_core.refuse('illegal_move', jsonb_build_object('from', old.status, 'to', 'forgotten'));
        end if;
        return old;
    end if;
    if tg_op = 'INSERT' then
        if not exists (select from aisubs_core.moves() m where m.from_status is null and m.to_status = new.status) then
            perform aisubs_core.refuse('illegal_move', jsonb_build_object('from', null, 'to', new.status));
        end if;
        return new;
    end if;
    if new.status <> old.status then
        if old.deleted_at is not null or not exists (
            select from aisubs_core.moves() m where m.from_status = old.status and m.to_status = new.status) then
            perform aisubs_core.refuse('illegal_move', jsonb_build_object('from', old.status, 'to', new.status));
        end if;
        new := aisubs_core.leave_state(old, new);
    end if;
    if new.job_id <> old.job_id or new.fence < old.fence or new.progress < old.progress
        or new.progress_ms < old.progress_ms or (old.deleted_at is not null and new.deleted_at is null) then
        perform aisubs_core.refuse('illegal_move', jsonb_build_object('from', old.status, 'to', new.status,
            'reason', 'job_id, fence, progress and tombstone never go back'));
    end if;
    new.version := old.version + (aisubs_core.visible(old) is distinct from aisubs_core.visible(new))::integer;
    return new;
end $$;

-- What a person could see of a job, apart from what merely passes with time (last_seen, the estimates).
create function aisubs_core.visible(job aisubs.transcription_jobs) returns jsonb language sql immutable as $$
    select jsonb_build_array(job.status, job.progress_stage, job.progress, job.progress_ms, job.progress_message,
        job.windows, job.duration_ms, job.language, job.waiting_for, job.not_before, job.retry_count, job.error_code,
        job.error_message, job.file_size_bytes, job.cached_at, job.deleted_at, job.title, job.tags, job.kept_at,
        job.watch_topic) $$;

create trigger guard before insert or update or delete on aisubs.transcription_jobs
    for each row execute function aisubs_core.guard();

-- How often the recording is gone through: once for each audio track, or channel of one, that has a person of its own.
create function aisubs_core.in_turn(resume_state jsonb) returns integer language sql immutable as $$
    select greatest(1, jsonb_array_length(resume_state #> '{track,in_turn}')) $$;

-- Whole percent of what is saved; 100 is kept for a published transcript. Where speakers are to be told apart by their
-- voices, a tenth of the way is that.
create function aisubs_core.percent(
    progress_ms bigint, duration_ms bigint, options jsonb default '{}', resume_state jsonb default null,
    diarized_ms bigint default 0
) returns integer language sql immutable as $$
    select case when not duration_ms > 0 or duration_ms is null then 0
        when options -> 'diarize' = 'true' and aisubs_core.in_turn(resume_state) = 1 then
            least(99, (progress_ms * 9 + least(diarized_ms, duration_ms)) * 10 / duration_ms)::integer
        else least(99, progress_ms * 100 / (duration_ms * aisubs_core.in_turn(resume_state)))::integer end $$;
