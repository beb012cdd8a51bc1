-- What a worker may do. Every write carries the fence of its claim; where that is not the job's fence any more, or the
-- job is not being processed any more, nothing is written and `lost_lease` is raised. A zombie can change nothing.

create type aisubs_core.claim as (
    job_id uuid, fence bigint, filename text, bucket text, object_name text, generation bigint, file_size_bytes bigint,
    source text, options jsonb, language text, duration_ms bigint, windows integer, progress_ms bigint,
    resume_state jsonb, twin boolean);

-- The claim as the worker gets it. `progress_ms` is the end of the last saved window, not what people are shown.
-- `twin`: a completed job of the same owner has the same size and checksum, so hashing before transcribing may pay.
create function aisubs_core.claimed(job aisubs.transcription_jobs) returns aisubs_core.claim language sql stable as $$
    select row(job.job_id, job.fence, job.filename, job.bucket, job.object_name, job.generation, job.file_size_bytes,
        job.source, job.options, job.language, job.duration_ms, job.windows, job.saved_ms, job.resume_state,
        exists (select from aisubs.transcription_jobs j
            where j.status = 'completed' and j.deleted_at is null and j.crc32c = job.crc32c
                and j.file_size_bytes = job.file_size_bytes and j.options = job.options
                and aisubs_core.same_owner(j, job)))::aisubs_core.claim $$;

-- Put an execution's name on a job that was dispatched. No row when somebody else has it or it is over.
create function aisubs_core.take(job_id uuid, dispatch_id uuid, execution_name text)
    returns setof aisubs_core.claim language plpgsql as $$
declare
    job aisubs.transcription_jobs;
begin
    update aisubs.transcription_jobs j
    set progress_stage = 'fetching', fence = j.fence + 1, claimed_by = take.execution_name, last_seen = now(),
        credential = aisubs_core.credential(),
        worked_at = now(), attempt_at = coalesce(j.attempt_at, now()),
        started_at = coalesce(j.started_at, now()), dispatch_deadline = null,
        returned_dispatches = 0, waiting_for = null, waiting_since = null,
        attempt_from_ms = j.progress_ms + j.reviewed_ms + j.diarized_ms
    where j.job_id = take.job_id and j.dispatch_id = take.dispatch_id and j.status = 'processing'
        and (j.progress_stage = 'starting' or j.claimed_by = take.execution_name)
    returning * into job;
    if found then
        return next aisubs_core.claimed(job);
    end if;
end $$;

-- Take the job that this execution was started for; a token that was made for it is for this dispatch alone.
-- The same execution may claim again (a platform retry, a lost answer); the fence rises each time.
create function aisubs_api.claim_job(job_id uuid, dispatch_id uuid, execution_name text)
    returns setof aisubs_core.claim language sql volatile as $$
    select t.* from aisubs_core.take(claim_job.job_id, claim_job.dispatch_id, claim_job.execution_name) t
    where aisubs_core.is_mine(claim_job.dispatch_id) $$;

-- Take the next job straight away: begin_dispatch and claim_job in one step, for a worker that has time left.
create function aisubs_api.claim_next_job(concurrency integer, execution_name text)
    returns setof aisubs_core.claim language plpgsql as $$
declare
    taken aisubs.transcription_jobs := aisubs_core.take_next(concurrency, 0);
begin
    if taken.job_id is not null then
        return query select * from aisubs_core.take(taken.job_id, taken.dispatch_id, claim_next_job.execution_name);
    end if;
end $$;

-- The guard of every write below, and a sign of life: the job, locked, if this fence still owns it, else a null row.
create function aisubs_core.lease(job_id uuid, fence bigint) returns aisubs.transcription_jobs
    language sql volatile as $$
    update aisubs.transcription_jobs j set last_seen = now()
    where j.job_id = lease.job_id and j.fence = lease.fence
        and j.status = 'processing' and j.progress_stage <> 'starting' and aisubs_core.is_mine(j.credential)
    returning j.* $$;

create function aisubs_core.must_lease(job_id uuid, fence bigint) returns aisubs.transcription_jobs
    language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lease(job_id, fence);
begin
    if job.job_id is null then
        perform aisubs_core.refuse('lost_lease');
    end if;
    return job;
end $$;

-- Still alive.
create function aisubs_api.heartbeat(job_id uuid, fence bigint) returns void language plpgsql as $$
begin
    perform aisubs_core.must_lease(heartbeat.job_id, heartbeat.fence);
end $$;

-- What the worker is doing now, and how long the recording is, once that is known.
create function aisubs_api.set_stage(job_id uuid, fence bigint, stage text, duration_ms bigint default null)
    returns void language plpgsql as $$
begin
    perform aisubs_core.must_lease(set_stage.job_id, set_stage.fence);
    update aisubs.transcription_jobs j
    set progress_stage = set_stage.stage, worked_at = now(),
        duration_ms = coalesce(set_stage.duration_ms, j.duration_ms),
        progress = greatest(j.progress,
            aisubs_core.percent(j.progress_ms, coalesce(set_stage.duration_ms, j.duration_ms), j.options,
                j.resume_state, j.diarized_ms))
    where j.job_id = set_stage.job_id;
end $$;

-- The checkpoint: windows, resume state, progress and a sign of life, all or nothing.
-- Windows that are saved already are ignored; a gap raises `illegal_move`.
create function aisubs_api.save_windows(
    job_id uuid, fence bigint, windows jsonb, resume_state jsonb, language text, remaining_ms bigint
) returns void language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.must_lease(job_id, fence);
    gap jsonb;
    saved integer;
    saved_until bigint;
begin
    with fresh as (
        select * from jsonb_to_recordset(save_windows.windows) as w (
            seq integer, start_ms bigint, end_ms bigint, speech_ms bigint, speech jsonb, segments jsonb,
            damage jsonb, peaks text)
        where w.seq >= job.windows
    ), checked as (
        select f.*, coalesce(lag(f.seq) over by_seq, job.windows - 1) + 1 as due_seq,
            coalesce(lag(f.end_ms) over by_seq, job.saved_ms) as due_ms
        from fresh f window by_seq as (order by f.seq)
    ), inserted as (
        insert into aisubs.transcript_windows (job_id, seq, start_ms, end_ms, speech_ms, speech, segments, damage,
            peaks)
        select job.job_id, c.seq, c.start_ms, c.end_ms, c.speech_ms, coalesce(c.speech, '[]'),
            coalesce(c.segments, '[]'), nullif(c.damage, 'null'), decode(c.peaks, 'base64')
        from checked c
    )
    select count(*), max(c.end_ms), jsonb_agg(jsonb_build_object('seq', c.seq, 'start_ms', c.start_ms,
            'expected_seq', c.due_seq, 'expected_start_ms', c.due_ms) order by c.seq)
            filter (where c.seq <> c.due_seq or c.start_ms <> c.due_ms) -> 0
    into saved, saved_until, gap from checked c;
    if gap is not null then
        perform aisubs_core.refuse('illegal_move', gap);
    end if;

    saved_until := coalesce(saved_until, job.saved_ms);
    update aisubs.transcription_jobs j
    set windows = j.windows + saved, saved_ms = saved_until, resume_state = save_windows.resume_state,
        progress_ms = greatest(j.progress_ms, saved_until),
        progress = greatest(j.progress, aisubs_core.percent(saved_until, j.duration_ms, j.options,
            save_windows.resume_state)),
        language = coalesce(save_windows.language, j.language),
        remaining_ms = save_windows.remaining_ms, remaining_at = now(),
        worked_at = case when saved > 0 then now() else j.worked_at end,
        fruitless_releases = case when saved > 0 then 0 else j.fruitless_releases end
    where j.job_id = job.job_id;
end $$;

-- What a second opinion changes in saved windows, and where it goes on. `reviewed_ms` never falls.
create function aisubs_api.review_windows(
    job_id uuid, fence bigint, windows jsonb, resume_state jsonb, reviewed_ms bigint
) returns void language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.must_lease(job_id, fence);
begin
    update aisubs.transcript_windows w set segments = r.segments, speech = r.speech
    from jsonb_to_recordset(review_windows.windows) as r (seq integer, speech jsonb, segments jsonb)
    where w.job_id = job.job_id and w.seq = r.seq;
    update aisubs.transcription_jobs j
    set resume_state = review_windows.resume_state, worked_at = now(),
        fruitless_releases = case when review_windows.reviewed_ms > j.reviewed_ms then 0 else j.fruitless_releases end,
        reviewed_ms = greatest(j.reviewed_ms, review_windows.reviewed_ms)
    where j.job_id = job.job_id;
end $$;

-- Start over: the saved windows were made by other means. What people are shown of the progress stays.
create function aisubs_api.discard_windows(job_id uuid, fence bigint) returns void language plpgsql as $$
begin
    perform aisubs_core.must_lease(discard_windows.job_id, discard_windows.fence);
    delete from aisubs.transcript_windows w where w.job_id = discard_windows.job_id;
    delete from aisubs.speaker_chunks c where c.job_id = discard_windows.job_id;
    delete from aisubs.job_voices v where v.job_id = discard_windows.job_id;
    update aisubs.transcription_jobs j
    set windows = 0, saved_ms = 0, resume_state = null, language = null, remaining_ms = null, remaining_at = null
    where j.job_id = discard_windows.job_id;
end $$;
