-- How processing ends: published, taken over from a twin, failed, handed over, or lost.

-- Publish. `audio_ms` and `wall_ms` are what this execution transcribed and how long that took.
-- Raises `incomplete` unless the windows tile [0, duration_ms]. The same fence again (a lost answer) is fine.
create function aisubs_api.complete_job(
    job_id uuid, fence bigint, duration_ms bigint, content_sha256 text, files jsonb, coverage jsonb, model text,
    audio_ms bigint, wall_ms bigint, losses jsonb default null, turns jsonb default null
) returns void language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lease(job_id, fence);
begin
    if job.job_id is null then
        if not exists (select from aisubs.job_results r
            where r.job_id = complete_job.job_id and r.fence = complete_job.fence) then
            perform aisubs_core.refuse('lost_lease');
        end if;
        return;
    end if;
    if not aisubs_core.tiles(job.job_id, complete_job.duration_ms, job.resume_state) then
        perform aisubs_core.refuse('incomplete', jsonb_build_object('windows', job.windows, 'saved_ms', job.saved_ms,
            'duration_ms', complete_job.duration_ms));
    end if;
    insert into aisubs.job_results (job_id, fence, files, coverage, language, duration_ms, model, losses, turns)
    values (job.job_id, complete_job.fence, complete_job.files, complete_job.coverage, job.language,
        complete_job.duration_ms, complete_job.model, complete_job.losses, complete_job.turns);
    update aisubs.transcription_jobs j
    set status = 'completed', result_job_id = j.job_id, progress = 100, duration_ms = complete_job.duration_ms,
        progress_ms = greatest(j.progress_ms, complete_job.duration_ms),
        resume_state = jsonb_build_object(  -- the rest has served its time
            'track', j.resume_state -> 'track', 'second', j.resume_state -> 'second',
            'second_passes', j.resume_state -> 'second_passes', 'speakers', j.resume_state -> 'speakers',
            'alignment', j.resume_state -> 'alignment'),
        content_sha256 = complete_job.content_sha256
    where j.job_id = job.job_id;
    perform aisubs_core.settle_audio(job, complete_job.duration_ms);
    perform aisubs_core.learn(complete_job.model, job.file_size_bytes, complete_job.duration_ms,
        complete_job.audio_ms, complete_job.wall_ms);
end $$;

-- The length of the longest of the tracks that were transcribed in turn, of which the last ends at `end_ms`.
create function aisubs_core.longest_track(resume_state jsonb, end_ms bigint) returns bigint language sql immutable as $$
    select coalesce(max(t.next_ms - t.start_ms), longest_track.end_ms)
    from (
        select b.start_ms, lead(b.start_ms, 1, longest_track.end_ms) over (order by b.start_ms) as next_ms
        from (
            select (track ->> 'start_ms')::bigint as start_ms
            from jsonb_array_elements(coalesce(resume_state #> '{track,in_turn}', '[]')) track
        ) b
        where b.start_ms is not null
    ) t $$;

-- Do the windows cover [0, duration_ms) without gap or overlap? Where audio tracks follow each other, the longest does.
create function aisubs_core.tiles(job_id uuid, duration_ms bigint, resume_state jsonb)
    returns boolean language sql stable as $$
    select coalesce(bool_and(w.start_ms = w.due_ms)
        and aisubs_core.longest_track(tiles.resume_state, max(w.end_ms)) = tiles.duration_ms, false)
    from (
        select w.start_ms, w.end_ms, coalesce(lag(w.end_ms) over (order by w.seq), 0) as due_ms
        from aisubs.transcript_windows w where w.job_id = tiles.job_id
    ) w $$;

-- Complete the job with the result of a completed one of equal content and options that belongs to the same owner: by
-- how soon it is done, a stranger would learn that somebody had the same. One row when that was possible, else none.
-- `model` (optional) is what the worker would use; a result of another model is then not taken. `second` is whom it
-- would ask for a second opinion: a result is taken only with the same one, or with none where none is wanted. So it is
-- with the `diarizer` (its fingerprint).
create function aisubs_api.adopt_result(
    job_id uuid, fence bigint, content_sha256 text, model text default null, second text default null,
    diarizer text default null
) returns table (result_job_id uuid) language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lease(job_id, fence);
    original aisubs.transcription_jobs;
begin
    if job.job_id is null then
        select * into job from aisubs.transcription_jobs j
        where j.job_id = adopt_result.job_id and j.fence = adopt_result.fence and j.cached_at is not null
            and j.status = 'completed';
        if not found then
            perform aisubs_core.refuse('lost_lease');
        end if;
        return query select job.result_job_id;
        return;
    end if;
    select j.* into original from aisubs.transcription_jobs j join aisubs.job_results r on r.job_id = j.job_id
    where j.status = 'completed' and j.deleted_at is null and j.content_sha256 = adopt_result.content_sha256
        and j.options = job.options and aisubs_core.same_owner(j, job)
        and (adopt_result.model is null or r.model = adopt_result.model)
        and j.resume_state -> 'second' ->> 'model' is not distinct from adopt_result.second
        and j.resume_state -> 'second' ->> 'refused' is null
        and (j.resume_state -> 'speakers' ->> 'diarizer' is not distinct from adopt_result.diarizer
            or aisubs_core.in_turn(j.resume_state) > 1)
        and j.resume_state -> 'speakers' ->> 'refused' is null
    order by j.completed_at desc limit 1
    for share of j;  -- it must not be deleted before this job points at its result
    if not found then
        return;
    end if;
    delete from aisubs.transcript_windows w where w.job_id = job.job_id;
    delete from aisubs.speaker_chunks c where c.job_id = job.job_id;
    delete from aisubs.job_voices v where v.job_id = job.job_id;
    perform aisubs_core.share_voices(original.job_id, job.job_id);
    update aisubs.transcription_jobs j
    set status = 'completed', result_job_id = original.job_id, progress = 100,
        cached_at = original.completed_at,
        duration_ms = original.duration_ms, progress_ms = greatest(j.progress_ms, original.duration_ms),
        windows = original.windows, language = original.language, content_sha256 = adopt_result.content_sha256,
        resume_state = original.resume_state
    where j.job_id = job.job_id;
    perform aisubs_core.settle_audio(job, original.duration_ms);
    return query select original.job_id;
end $$;

-- Out of `processing` for good.
create function aisubs_core.end_failed(job_id uuid, error_code text, error_message text, retryable boolean)
    returns void language sql volatile as $$
    update aisubs.transcription_jobs j
    set status = 'failed', error_code = end_failed.error_code, error_message = end_failed.error_message,
        retryable = end_failed.retryable
    where j.job_id = end_failed.job_id $$;

-- Out of `processing` for now. An attempt that got further than any before it has not failed: the next one follows at
-- once, and the count begins anew. Otherwise a retry is counted, the wait doubles with each, and the job has failed
-- when all are used up. It does end: what is compared never falls, so only so many attempts can get further.
create function aisubs_core.retry_or_fail(
    job aisubs.transcription_jobs, error_code text, error_message text, max_retries integer,
    retry_backoff_s double precision
) returns text language plpgsql as $$
declare
    got_further boolean := job.progress_stage <> 'starting'
        and job.progress_ms + job.reviewed_ms + job.diarized_ms > job.attempt_from_ms;
begin
    if not got_further and job.retry_count >= max_retries then
        perform aisubs_core.end_failed(job.job_id, error_code, error_message, true);
        return 'failed';
    end if;
    update aisubs.transcription_jobs j
    set status = 'pending', retry_count = case when got_further then 0 else j.retry_count + 1 end,
        progress_message = case when got_further then 'Goes on in a new worker'
            else format('Auto-retry attempt %s/%s', j.retry_count + 1, max_retries) end,
        not_before = case when not got_further
            then now() + make_interval(secs => retry_backoff_s * 2 ^ least(j.retry_count, 16)) end
    where j.job_id = job.job_id;
    return 'pending';
end $$;

-- The worker met an error. Retryable: as above; otherwise failed at once.
create function aisubs_api.fail_job(
    job_id uuid, fence bigint, error_code text, error_message text, retryable boolean, max_retries integer default 3,
    retry_backoff_s double precision default 10
) returns table (status text) language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.must_lease(job_id, fence);
begin
    if fail_job.retryable then
        return query select aisubs_core.retry_or_fail(job, fail_job.error_code, fail_job.error_message,
            fail_job.max_retries, fail_job.retry_backoff_s);
    else
        perform aisubs_core.end_failed(job.job_id, fail_job.error_code, fail_job.error_message, false);
        return query select 'failed';
    end if;
end $$;

-- Hand over on SIGTERM or the soft deadline: back in line, no retry counted. The second time in a row that a whole
-- task's time was not enough for a new window there is no point in a third. Who stops a worker says nothing about its
-- job.
create function aisubs_api.release_job(job_id uuid, fence bigint, out_of_time boolean default true)
    returns table (status text) language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.must_lease(job_id, fence);
begin
    if release_job.out_of_time and job.fruitless_releases >= 1 then
        perform aisubs_core.end_failed(job.job_id, e.code, e.sentence, e.retryable)
        from aisubs_core.errors() e where e.code = 'no_progress';
        return query select 'failed';
        return;
    end if;
    update aisubs.transcription_jobs j
    set status = 'pending', fruitless_releases = j.fruitless_releases + release_job.out_of_time::integer,
        progress_message = 'Goes on in a new worker'
    where j.job_id = job.job_id;
    return query select 'pending';
end $$;

-- The worker is gone, or never came. Used by the sweeps. What it `said` counts for a start alone: a worker that has
-- claimed a job was able to.
create function aisubs_core.lose_worker(
    job aisubs.transcription_jobs, max_retries integer, retry_backoff_s double precision,
    said text default null, lasting boolean default false
) returns table (job_id uuid, status text, error_code text) language sql volatile as $$
    select job.job_id, aisubs_core.retry_or_fail(job, e.code,
        case when e.code = 'worker_start' then concat_ws(' ', e.sentence, said) else e.sentence end,
        case when e.code = 'worker_start' and lasting then 0 else max_retries end, retry_backoff_s), e.code
    from aisubs_core.errors() e
    where e.code = case when job.progress_stage = 'starting' then 'worker_start' else 'worker_died' end $$;
