-- From the line to a worker: who is next, and what happens when no machine can be had.

-- Has an administrator stopped the line? Nothing is started then, by nobody; what runs, runs to its end.
create function aisubs_core.is_paused() returns boolean language sql stable as $$
    select l.paused_at is not null from aisubs.limits l $$;

-- How many more jobs may be processed now.
create function aisubs_core.free_slots(concurrency integer) returns integer language sql stable as $$
    select greatest(0, free_slots.concurrency - count(*))::integer
    from aisubs.transcription_jobs j where j.status = 'processing' $$;

-- Move the next due job to processing/starting if a slot is free. A null row when there is nothing to start.
create function aisubs_core.take_next(concurrency integer, dispatch_deadline_s double precision)
    returns aisubs.transcription_jobs language plpgsql as $$
declare
    next uuid;
    taken aisubs.transcription_jobs;
begin
    perform aisubs_core.lock_dispatch();
    if aisubs_core.free_slots(take_next.concurrency) = 0 or aisubs_core.spent_until() is not null
        or aisubs_core.is_paused() then
        return null;
    end if;
    update aisubs.limits l set concurrency = take_next.concurrency where l.concurrency <> take_next.concurrency;
    loop
        select l.job_id into next from aisubs_core.waiting_line() l where l.due order by l.position limit 1;
        if not found then
            return null;
        end if;
        update aisubs.transcription_jobs j
        set status = 'processing', progress_stage = 'starting', fence = j.fence + 1, dispatch_id = gen_random_uuid(),
            dispatched_at = now(), dispatch_deadline = now() + make_interval(secs => take_next.dispatch_deadline_s)
        where j.job_id = next and j.status = 'pending'
        returning * into taken;
        exit when found;  -- otherwise its owner was quicker and cancelled it: ask who is next now
    end loop;
    return taken;
end $$;

-- The next job, for a worker that is about to be started for it. No row when there is nothing to start.
-- `overflow`: it has waited for a machine for longer than `gpu_patience_s`, so one of another kind will do.
-- Once workers have had `daily_gpu_seconds` today, nothing more is started, by nobody, until tomorrow (UTC).
create function aisubs_api.begin_dispatch(
    concurrency integer, dispatch_deadline_s double precision, gpu_patience_s double precision default null,
    daily_gpu_seconds double precision default null
) returns table (job_id uuid, dispatch_id uuid, fence bigint, overflow boolean) language plpgsql as $$
declare
    taken aisubs.transcription_jobs;
begin
    update aisubs.limits l set daily_gpu_seconds = begin_dispatch.daily_gpu_seconds
    where l.daily_gpu_seconds is distinct from begin_dispatch.daily_gpu_seconds;
    taken := aisubs_core.take_next(concurrency, dispatch_deadline_s);
    return query select taken.job_id, taken.dispatch_id, taken.fence,
            coalesce(taken.waiting_since <= now() - make_interval(secs => gpu_patience_s), false)
        where taken.job_id is not null;
end $$;

-- The start was accepted, and there is no machine for it yet: it goes on waiting, and so does its deadline. For how
-- long it has, in seconds; no row if a worker has claimed the job after all.
create function aisubs_api.await_start(job_id uuid, dispatch_id uuid, dispatch_deadline_s double precision)
    returns table (waited_s double precision) language sql volatile as $$
    update aisubs.transcription_jobs j
    set waiting_for = 'gpu', waiting_since = coalesce(j.waiting_since, j.dispatched_at),
        dispatch_deadline = now() + make_interval(secs => await_start.dispatch_deadline_s)
    where j.job_id = await_start.job_id and j.dispatch_id = await_start.dispatch_id
        and j.status = 'processing' and j.progress_stage = 'starting'
    returning extract(epoch from now() - j.waiting_since)::double precision $$;

-- What the runner calls the worker it started: needed to ask after it. Late or foreign news changes nothing.
create function aisubs_api.record_execution(job_id uuid, dispatch_id uuid, execution_name text) returns void
    language sql volatile as $$
    update aisubs.transcription_jobs j set execution_name = record_execution.execution_name
    where j.job_id = record_execution.job_id and j.dispatch_id = record_execution.dispatch_id
        and j.status = 'processing' $$;

-- No machine was to be had: back in line, no retry counted. Nothing if a worker has claimed the job after all.
create function aisubs_api.return_dispatch(job_id uuid, dispatch_id uuid, retry_in_s double precision) returns void
    language sql volatile as $$
    update aisubs.transcription_jobs j
    set status = 'pending', waiting_for = 'gpu', waiting_since = coalesce(j.waiting_since, j.dispatched_at),
        returned_dispatches = j.returned_dispatches + 1,
        -- The exponent is bounded as well, or a long drought would overflow it.
        not_before = now() + make_interval(secs => least(600, retry_in_s * 2 ^ least(j.returned_dispatches, 16)))
    where j.job_id = return_dispatch.job_id and j.dispatch_id = return_dispatch.dispatch_id
        and j.status = 'processing' and j.progress_stage = 'starting' $$;

-- How many pending jobs could be dispatched now.
create function aisubs_api.startable(concurrency integer) returns table (startable integer) language sql stable as $$
    select least(aisubs_core.free_slots(startable.concurrency), count(*))::integer
    from aisubs.transcription_jobs j
    where j.status = 'pending' and coalesce(j.not_before <= now(), true) and aisubs_core.spent_until() is null
        and not aisubs_core.is_paused() $$;
