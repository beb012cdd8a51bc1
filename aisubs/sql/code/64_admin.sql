-- What administrators see and do. Each function asks who it is; no name, text or address of a recording is shown.

-- Raises `not_admin`.
create function aisubs_core.must_be_admin(holder jsonb) returns void language plpgsql stable as $$
begin
    if not aisubs_core.is_admin(must_be_admin.holder) then
        perform aisubs_core.refuse('not_admin');
    end if;
end $$;

-- For whom a job is, without saying who: an account by its id, else the kind.
create function aisubs_core.told_sender(job aisubs.transcription_jobs) returns text language sql immutable as $$
    select case when job.owner_id = 'machine' or job.owner_id like 'account:%' then job.owner_id
        when job.source <> 'web' then 'house' else 'anonymous' end $$;

-- What is at work, what waits (in its order), what is being uploaded, and the newest 50 that failed.
create function aisubs_api.admin_queue(holder jsonb) returns table (
    job_id uuid, status text, "position" bigint, sender text, source text, progress integer, duration_ms bigint,
    file_size_bytes bigint, created_at timestamptz, started_at timestamptz, completed_at timestamptz,
    waiting_for text, raised boolean, retry_count integer, error_code text, worked_s double precision
) language plpgsql stable as $$
begin
    perform aisubs_core.must_be_admin(admin_queue.holder);
    return query
    with asked as (
        select j.job_id from aisubs.transcription_jobs j
        where j.status in ('uploading', 'pending', 'processing') and j.deleted_at is null
        union all
        (select j.job_id from aisubs.transcription_jobs j where j.status = 'failed' and j.deleted_at is null
            order by j.completed_at desc limit 50)
    )
    select s.job_id, s.status, s."position", aisubs_core.told_sender(j), s.source, s.progress, s.duration_ms,
        s.file_size_bytes, s.created_at, s.started_at, s.completed_at, s.waiting_for, j.raised_at is not null,
        s.retry_count, s.error_code, s.worked_s
    from aisubs_core.show(array(select a.job_id from asked a)) s
        join aisubs.transcription_jobs j on j.job_id = s.job_id
    order by array_position(array['processing', 'pending', 'uploading', 'failed'], s.status), s."position",
        s.completed_at desc, s.created_at;
end $$;

-- What each account, the machine's owner, the house and all strangers together have used, today and this month (UTC).
create function aisubs_api.admin_usage(holder jsonb) returns table (
    sender text, jobs_today bigint, bytes_today bigint, minutes_today double precision, worker_s_today double precision,
    jobs_month bigint, bytes_month bigint, minutes_month double precision, worker_s_month double precision,
    jobs_per_day bigint, bytes_per_day bigint, minutes_per_month bigint
) language plpgsql stable as $$
begin
    perform aisubs_core.must_be_admin(admin_usage.holder);
    return query
    with days as (
        select case when d.sender like 'owner:%' then substr(d.sender, 7)
                when d.sender = 'house' then 'house' else 'anonymous' end as who,
            d.day = aisubs_core.utc_day() as is_today, d.jobs, d.bytes, d.audio_ms, d.worker_s
        from aisubs.sender_days d where d.day >= date_trunc('month', aisubs_core.utc_day())
    ), summed as (
        select d.who,
            coalesce(sum(d.jobs) filter (where d.is_today), 0)::bigint as jobs_today,
            coalesce(sum(d.bytes) filter (where d.is_today), 0)::bigint as bytes_today,
            coalesce(sum(d.audio_ms) filter (where d.is_today), 0)::double precision / 60000 as minutes_today,
            coalesce(sum(d.worker_s) filter (where d.is_today), 0)::double precision as worker_s_today,
            sum(d.jobs)::bigint as jobs_month, sum(d.bytes)::bigint as bytes_month,
            sum(d.audio_ms)::double precision / 60000 as minutes_month, sum(d.worker_s) as worker_s_month
        from days d group by d.who
    )
    select coalesce(s.who, o.owner_id), coalesce(s.jobs_today, 0), coalesce(s.bytes_today, 0),
        coalesce(s.minutes_today, 0), coalesce(s.worker_s_today, 0), coalesce(s.jobs_month, 0),
        coalesce(s.bytes_month, 0), coalesce(s.minutes_month, 0), coalesce(s.worker_s_month, 0),
        o.jobs_per_day, o.bytes_per_day, o.minutes_per_month
    from summed s full join aisubs.owner_limits o on o.owner_id = s.who order by 1;
end $$;

-- Start nothing any more, or go on. People who wait are told.
create function aisubs_api.admin_pause(holder jsonb, paused boolean) returns void language plpgsql as $$
begin
    perform aisubs_core.must_be_admin(admin_pause.holder);
    perform aisubs_core.lock_dispatch();
    update aisubs.limits l set paused_at = case when admin_pause.paused then coalesce(l.paused_at, now()) end;
    update aisubs.transcription_jobs j set waiting_for = case when admin_pause.paused then 'paused' end
    where j.status = 'pending'
        and (j.waiting_for is null and admin_pause.paused or j.waiting_for = 'paused' and not admin_pause.paused);
end $$;

-- Since when nothing is started; null: it is.
create function aisubs_api.paused_since() returns table (paused_at timestamptz) language sql stable as $$
    select l.paused_at from aisubs.limits l $$;

-- The job, locked, whoever has it.
create function aisubs_core.lock_job_as_admin(job_id text, holder jsonb) returns aisubs.transcription_jobs
    language plpgsql as $$
declare
    job aisubs.transcription_jobs;
begin
    perform aisubs_core.must_be_admin(lock_job_as_admin.holder);
    select * into job from aisubs.transcription_jobs j
    where j.job_id = aisubs_core.to_job_id(lock_job_as_admin.job_id) and j.deleted_at is null for update;
    if not found then
        perform aisubs_core.refuse('job_not_found');
    end if;
    return job;
end $$;

-- This one is next, before all that nobody has raised. Raises `illegal_move` for what does not wait.
create function aisubs_api.admin_raise(job_id text, holder jsonb) returns void language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_job_as_admin(job_id, holder);
begin
    if job.status <> 'pending' then
        perform aisubs_core.refuse('illegal_move', jsonb_build_object('from', job.status, 'to', 'raised'));
    end if;
    update aisubs.transcription_jobs j set raised_at = now(), not_before = null where j.job_id = job.job_id;
end $$;

-- Stop it: it has failed, and a worker that has it finds that it has lost it. Where its upload lies, if it has one.
create function aisubs_api.admin_fail(job_id text, holder jsonb) returns table (object_name text)
    language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_job_as_admin(job_id, holder);
begin
    if aisubs_core.has_ended(job.status) then
        perform aisubs_core.refuse('already_over', jsonb_build_object('status', job.status));
    end if;
    perform aisubs_core.end_failed(job.job_id, e.code, e.sentence, e.retryable)
    from aisubs_core.errors() e where e.code = 'stopped';
    return query select job.object_name where job.status = 'uploading';
end $$;

-- As retry_job, without asking how much may be used.
create function aisubs_api.admin_retry(job_id text, holder jsonb) returns void language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_job_as_admin(job_id, holder);
begin
    perform aisubs_core.must_be_retryable(job);
    perform aisubs_core.retry(job, null);
end $$;

-- Delete a job that is over; returns the objects that nobody else needs: [{name, generation}].
create function aisubs_api.admin_delete(job_id text, holder jsonb) returns table (objects jsonb)
    language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_job_as_admin(job_id, holder);
begin
    return query select aisubs_core.delete_over(job, 'admin');
end $$;

-- What this owner may use instead of the usual; null is the usual, 0 any.
create function aisubs_api.admin_limit(
    holder jsonb, owner_id text, jobs_per_day bigint, bytes_per_day bigint, minutes_per_month bigint
) returns void language plpgsql as $$
begin
    perform aisubs_core.must_be_admin(admin_limit.holder);
    delete from aisubs.owner_limits o where o.owner_id = admin_limit.owner_id;
    insert into aisubs.owner_limits (owner_id, jobs_per_day, bytes_per_day, minutes_per_month)
    select admin_limit.owner_id, admin_limit.jobs_per_day, admin_limit.bytes_per_day, admin_limit.minutes_per_month
    where coalesce(admin_limit.jobs_per_day, admin_limit.bytes_per_day, admin_limit.minutes_per_month) is not null;
end $$;
