-- How long work takes: what workers measured, and what that says about a job.

-- The seeds' buckets: before anything is known about a recording, its size is the only hint.
create function aisubs_core.size_bucket(file_size_bytes bigint) returns text language sql immutable as $$
    select case when file_size_bytes is null then 'unknown'
                when file_size_bytes < 100 * 1024 * 1024 then '0-100MB'
                when file_size_bytes < 500 * 1024 * 1024 then '100-500MB'
                else '500MB+' end $$;

-- Seconds of work that a job still takes once it runs; null when nothing is known.
-- Best first: the worker's own estimate, the audio that is left at the speed of the model (the one that was used last
-- if the job names none), what recordings of this size took.
create function aisubs_core.work_s(job aisubs.transcription_jobs) returns double precision language sql stable as $$
    select coalesce(
        -- (`greatest` passes over nulls: what is unknown must not become 0.)
        case when job.status = 'processing' and job.remaining_ms is not null then
            greatest(0, job.remaining_ms / 1000.0 - extract(epoch from now() - job.remaining_at)) end,
        case when job.duration_ms is not null then
            greatest(0, job.duration_ms - job.saved_ms) / 1000.0 * speed.wall_ms_per_audio_ms end,
        size.avg_duration_seconds)
    from (values (1)) one (row)
    left join lateral (
        select s.wall_ms_per_audio_ms from aisubs.job_duration_stats s
        where s.model = coalesce(job.options ->> 'model', s.model)
        order by s.file_size_bucket = aisubs_core.size_bucket(job.file_size_bytes) desc, s.updated_at desc limit 1
    ) speed on true
    left join lateral (
        select s.avg_duration_seconds from aisubs.job_duration_stats s
        where s.model = coalesce(job.options ->> 'model', s.model)
            and s.file_size_bucket = aisubs_core.size_bucket(job.file_size_bytes)
        order by s.updated_at desc limit 1
    ) size on true $$;

-- Learn from one execution: `audio_ms` of a recording of `duration_ms` took `wall_ms`.
-- A running mean whose newest sample weighs at least a twentieth, so that a faster machine shows after a few jobs.
create function aisubs_core.learn(
    model text, file_size_bytes bigint, duration_ms bigint, audio_ms bigint, wall_ms bigint
) returns void language plpgsql as $$
begin
    if not (audio_ms > 0 and wall_ms > 0 and duration_ms > 0) then
        return;
    end if;
    insert into aisubs.job_duration_stats as s
        (model, file_size_bucket, avg_duration_seconds, wall_ms_per_audio_ms)
    values (coalesce(learn.model, 'unknown'), aisubs_core.size_bucket(learn.file_size_bytes),
        wall_ms::double precision / audio_ms * learn.duration_ms / 1000, wall_ms::double precision / audio_ms)
    on conflict on constraint job_duration_stats_pkey do update set
        avg_duration_seconds = s.avg_duration_seconds
            + (excluded.avg_duration_seconds - s.avg_duration_seconds) / least(s.sample_count + 1, 20),
        wall_ms_per_audio_ms = s.wall_ms_per_audio_ms
            + (excluded.wall_ms_per_audio_ms - s.wall_ms_per_audio_ms) / least(s.sample_count + 1, 20),
        sample_count = s.sample_count + 1,
        updated_at = now();
exception when others then
    -- Estimates are a courtesy: a transcript is published whatever happens here.
    raise warning 'job_duration_stats not updated: % (%)', sqlerrm, sqlstate;
end $$;

-- Seconds after which a refused caller may try again: when the first running job is expected to make room.
create function aisubs_core.retry_after_s() returns integer language sql stable as $$
    select case when min(w.s) is null then 60 else ceil(least(3600, greatest(5, min(w.s)))) end::integer
    from aisubs.transcription_jobs j cross join lateral (select aisubs_core.work_s(j) as s) w
    where j.status = 'processing' $$;
