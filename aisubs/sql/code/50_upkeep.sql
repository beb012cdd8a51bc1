-- What the sweeps call. Each function may run at any time, twice at once, or be killed half way.

-- Whose rules these are: the newest migration, and the checksum that aisubs/sql/migrate.py gave to this code.
create function aisubs_api.schema_release() returns table (newest text, code text) language sql stable as $$
    select max(m.name) filter (where m.name <> 'code'), max(m.checksum) filter (where m.name = 'code')
    from aisubs.schema_migrations m $$;

-- Three kinds of lost job: processing without a sign of life, dispatched but never claimed, and alive but stuck: a
-- worker whose engine hangs would otherwise beat for ever. The longest lost first.
-- A start that the runner knows by name is the runner's to judge (await_start, return_dispatch, worker_died): it may
-- still begin, and must be cancelled before another is made. After a day in which nobody could ask it, it is lost too.
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
                - case when j.execution_name is null then interval '0' else interval '1 day' end
            else j.last_seen < now() - make_interval(secs => stale_after_s)
                or j.worked_at < now() - make_interval(secs => stuck_after_s) end
        order by case when j.progress_stage = 'starting' then j.dispatch_deadline else j.last_seen end
        limit batch
        for update skip locked  -- another sweep, or the worker itself, has its hand on it
    loop
        return query select * from aisubs_core.lose_worker(job, max_retries, retry_backoff_s);
    end loop;
end $$;

-- The runner knows that this execution is over. If the job is still its own: as a stale job, at once. `said` is why it
-- could not start, for people; `lasting`, that the next one could not either.
create function aisubs_api.worker_died(
    job_id uuid, execution_name text, max_retries integer, retry_backoff_s double precision,
    said text default null, lasting boolean default false
) returns table (status text) language plpgsql as $$
declare
    job aisubs.transcription_jobs;
begin
    select * into job from aisubs.transcription_jobs j
    where j.job_id = worker_died.job_id and j.status = 'processing'
        and worker_died.execution_name in (j.execution_name, j.claimed_by)
    for update;
    if found then
        return query select l.status from aisubs_core.lose_worker(job, max_retries, retry_backoff_s,
            worker_died.said, worker_died.lasting) l;
    end if;
end $$;

-- Processing jobs without a sign of life for a while, for asking the runner about them. `execution_name` is null where
-- the answer to the start was lost. `starting`: no worker has claimed the job; `overdue`: and one should have by now.
create function aisubs_api.list_processing(silent_for_s double precision, batch integer)
    returns table (job_id uuid, dispatch_id uuid, execution_name text, starting boolean, overdue boolean)
    language sql stable as $$
    select j.job_id, j.dispatch_id, coalesce(j.execution_name, j.claimed_by), j.progress_stage = 'starting',
        coalesce(j.dispatch_deadline < now(), false)
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
    past uuid[];
    past_id uuid;
    job aisubs.transcription_jobs;
begin
    -- One run at a time: two of them burying each other's heirs could wait for each other.
    if pg_try_advisory_xact_lock(hashtextextended('aisubs.retention', 0)) then
        past := array(
            select j.job_id from aisubs.transcription_jobs j
            where j.deleted_at is null and j.kept_at is null and j.status <> 'processing'
                and j.created_at < now() - make_interval(secs => expire_jobs.retention_hours * 3600)
                and aisubs_core.expires_at(j, expire_jobs.retention_hours) < now()
            order by j.created_at limit batch for update skip locked);
        foreach past_id in array past loop
            -- As it is now: the burial of another may have made it the heir of a result.
            select * into job from aisubs.transcription_jobs j where j.job_id = past_id;
            if job.status in ('uploading', 'pending') then
                update aisubs.transcription_jobs j set status = 'cancelled' where j.job_id = job.job_id;
            end if;
            perform aisubs_core.bury(job, 'retention');
        end loop;
        perform aisubs_core.forget_days();
        perform aisubs_core.expire_voices();
        -- A session lives for a week.
        delete from aisubs.ended_uploads e where e.ended_at < now() - interval '8 days';
        delete from aisubs.deletions d where d.deleted_at < now() - interval '30 days';
        update aisubs.limits l set retention_hours = expire_jobs.retention_hours
        where l.retention_hours <> expire_jobs.retention_hours;
    end if;
    return query select j.job_id, aisubs_core.objects_of(j) from aisubs.transcription_jobs j
        where j.deleted_at is not null order by j.deleted_at;
end $$;

-- Dropped files that are over and whose results, or error, were not yet put beside them; also those whose text was
-- corrected since, once nobody has saved for `quiet_s`. A worker with a token sees the machine's texts of its own jobs.
create function aisubs_api.list_unmirrored(batch integer, quiet_s double precision default 0)
    returns setof aisubs_core.job_row language sql stable as $$
    select s.* from aisubs_core.show(array(
        select j.job_id from aisubs.transcription_jobs j
        where j.status in ('completed', 'failed') and j.mirrored_at is null and j.deleted_at is null
            and j.source in ('bucket', 'folder') and coalesce(j.mirror_after <= now(), true)
            and aisubs_core.is_mine(case when j.revision = 0 then j.credential end)
            and (j.revision = 0 or j.edited_at <= now() - make_interval(secs => quiet_s)
                -- A correction of what was replaced meanwhile is not to lie where the newer one's text is.
                and not exists (select from aisubs.transcription_jobs n
                    where n.bucket = j.bucket and n.object_name = j.object_name and n.created_at > j.created_at
                        and n.deleted_at is null and n.status <> 'cancelled'))
        order by j.completed_at limit batch)) s
    order by s.completed_at $$;

-- The results of this revision, or the error, lie beside the dropped file now. Nothing if it was corrected meanwhile.
create function aisubs_api.record_mirror(job_id uuid, revision integer default 0) returns void
    language sql volatile as $$
    update aisubs.transcription_jobs j set mirrored_at = now()
    where j.job_id = record_mirror.job_id and j.status in ('completed', 'failed') and j.mirrored_at is null
        and aisubs_core.is_mine(j.credential) and j.revision = record_mirror.revision $$;

-- They could not be put there: again at the next round, then after half a minute, twice that, ... an hour.
create function aisubs_api.postpone_mirror(job_id uuid) returns void language sql volatile as $$
    update aisubs.transcription_jobs j set mirror_attempts = least(j.mirror_attempts + 1, 100),
        mirror_after = now()
            + least(interval '30 seconds' * (power(2, least(j.mirror_attempts, 10)) - 1), interval '1 hour')
    where j.job_id = postpone_mirror.job_id and j.mirrored_at is null and aisubs_core.is_mine(j.credential) $$;

-- These dropped files (a JSON array of object names) are no longer where they were dropped: what still waits is
-- cancelled. What is worked on has a copy of its own, and runs to its end.
create function aisubs_api.cancel_dropped(bucket text, object_names jsonb)
    returns table (job_id uuid, object_name text) language sql volatile as $$
    update aisubs.transcription_jobs j
    set status = 'cancelled', error_code = e.code, error_message = e.sentence, retryable = e.retryable
    from aisubs_core.errors() e
    where e.code = 'taken_back' and j.bucket = cancel_dropped.bucket and j.status = 'pending'
        and j.source in ('bucket', 'folder') and cancel_dropped.object_names ? j.object_name
    returning j.job_id, j.object_name $$;

-- What we last wrote under this name beside a recording. No row: nothing that we know of.
create function aisubs_api.read_written(name text) returns table (sha256 text, corrected_job uuid)
    language sql stable as $$
    select w.sha256, w.corrected_job from aisubs.written_files w where w.name = read_written.name $$;

-- These are the bytes of this job that we wrote there; with a `corrected_job`, of a text that a person corrected.
create function aisubs_api.record_written(
    name text, sha256 text, corrected_job uuid default null, job_id uuid default null
) returns void language sql volatile as $$
    insert into aisubs.written_files as w (name, sha256, corrected_job, job_id)
    values (record_written.name, record_written.sha256, record_written.corrected_job, record_written.job_id)
    on conflict on constraint written_files_pkey do update set sha256 = excluded.sha256,
        corrected_job = excluded.corrected_job, job_id = excluded.job_id, written_at = now() $$;

-- We deleted it.
create function aisubs_api.forget_written(name text) returns void language sql volatile as $$
    delete from aisubs.written_files w where w.name = forget_written.name $$;
