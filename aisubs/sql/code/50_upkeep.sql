-- What the sweeps call. Each function may run at any time, twice at once, or be killed half way.

-- Three kinds of lost job: processing without a sign of life, dispatched but never claimed, and alive but stuck: a
-- worker whose engine hangs would otherwise beat for ever. The longest lost first.
create function aisubs_api.recover_stale(
    batch integer, stale_after_s double precision, max_retries integer, retry_backoff_s double precision,
    stuck_after_s double precision default 7200
) returns table (job_id uuid, status text, error_code text) language plpgsql as $$
declare
    job aisubs.transcription_jobs;
begin
    for job in
        select j.* from aisubs.transcription_jobs j
        where j.status = 'processing' and case when j.progress_stage = 'starting'
            then j.dispatch_deadline < now()
            else j.last_seen < now() - make_interval(secs => stale_after_s)
                or j.worked_at < now() - make_interval(secs => stuck_after_s) end
        order by case when j.progress_stage = 'starting' then j.dispatch_deadline else j.last_seen end
        limit batch
        for update skip locked  -- another sweep, or the worker itself, has its hand on it
    loop
        return query select * from aisubs_core.lose_worker(job, max_retries, retry_backoff_s);
    end loop;
end $$;

-- The runner knows that this execution is over. If the job is still its own: as a stale job, at once.
create function aisubs_api.worker_died(
    job_id uuid, execution_name text, max_retries integer, retry_backoff_s double precision
) returns table (status text) language plpgsql as $$
declare
    job aisubs.transcription_jobs;
begin
    select * into job from aisubs.transcription_jobs j
    where j.job_id = worker_died.job_id and j.status = 'processing'
        and worker_died.execution_name in (j.execution_name, j.claimed_by)
    for update;
    if found then
        return query select l.status from aisubs_core.lose_worker(job, max_retries, retry_backoff_s) l;
    end if;
end $$;

-- Processing jobs without a sign of life for a while, for asking the runner about them. `execution_name` is null where
-- the answer to the start was lost.
create function aisubs_api.list_processing(silent_for_s double precision, batch integer)
    returns table (job_id uuid, dispatch_id uuid, execution_name text) language sql stable as $$
    select j.job_id, j.dispatch_id, coalesce(j.execution_name, j.claimed_by)
    from aisubs.transcription_jobs j,
        lateral (select case when j.progress_stage = 'starting' then j.dispatched_at else j.last_seen end as at) sign
    where j.status = 'processing' and sign.at < now() - make_interval(secs => silent_for_s)
    order by sign.at limit batch $$;

-- Announced uploads past their deadline are cancelled.
create function aisubs_api.expire_uploads(batch integer) returns table (job_id uuid, object_name text)
    language sql volatile as $$
    with late as (
        select j.job_id from aisubs.transcription_jobs j
        where j.status = 'uploading' and j.upload_deadline < now()
        order by j.upload_deadline limit batch for update skip locked
    )
    update aisubs.transcription_jobs j
    set status = 'cancelled', error_code = e.code, error_message = e.sentence, retryable = e.retryable
    from late, aisubs_core.errors() e
    where j.job_id = late.job_id and e.code = 'upload_expired'
    returning j.job_id, j.object_name $$;

-- Bury what is past retention and not being processed, and return all tombstones, old ones too, with the objects that
-- nobody else needs. What still waits is cancelled first: it could not finish before its recording has to go.
create function aisubs_api.expire_jobs(retention_hours double precision, batch integer)
    returns table (job_id uuid, objects jsonb) language plpgsql as $$
declare
    job aisubs.transcription_jobs;
begin
    -- One run at a time: two of them burying each other's heirs could wait for each other.
    if pg_try_advisory_xact_lock(hashtextextended('aisubs.retention', 0)) then
        for job in
            select j.* from aisubs.transcription_jobs j
            where j.deleted_at is null and j.status <> 'processing'
                and j.created_at < now() - make_interval(secs => expire_jobs.retention_hours * 3600)
            order by j.created_at limit batch for update skip locked
        loop
            if job.status in ('uploading', 'pending') then
                update aisubs.transcription_jobs j set status = 'cancelled' where j.job_id = job.job_id;
            end if;
            perform aisubs_core.bury(job);
        end loop;
        update aisubs.limits l set retention_hours = expire_jobs.retention_hours
        where l.retention_hours <> expire_jobs.retention_hours;
    end if;
    return query select j.job_id, aisubs_core.objects_of(j) from aisubs.transcription_jobs j
        where j.deleted_at is not null order by j.deleted_at;
end $$;

-- Dropped files that are over and whose results, or error, were not yet put beside them.
create function aisubs_api.list_unmirrored(batch integer) returns table (
    job_id uuid, object_name text, filename text, status text, error_code text, error_message text
) language sql stable as $$
    select j.job_id, j.object_name, j.filename, j.status, j.error_code, j.error_message
    from aisubs.transcription_jobs j
    where j.status in ('completed', 'failed') and j.mirrored_at is null and j.deleted_at is null
        and j.source in ('bucket', 'folder')
    order by j.completed_at limit batch $$;

-- The results, or the error, lie beside the dropped file now.
create function aisubs_api.record_mirror(job_id uuid) returns void language sql volatile as $$
    update aisubs.transcription_jobs j set mirrored_at = now()
    where j.job_id = record_mirror.job_id and j.status in ('completed', 'failed') and j.mirrored_at is null $$;

-- The objects of a tombstone are gone: its row may go as well. A row that is not there is fine.
create function aisubs_api.forget_job(job_id uuid) returns void language sql volatile as $$
    delete from aisubs.transcription_jobs j where j.job_id = forget_job.job_id and j.deleted_at is not null $$;
