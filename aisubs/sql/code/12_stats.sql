-- How long work takes: what workers measured, and what that says about a job.

-- The seeds' buckets: before anything is known about a recording, its size is the only hint.
create function aisubs_core.size_bucket(file_size_bytes bigint) returns text language sql immutable as $$
    select case when file_size_bytes is null then 'unknown'
                when file_size_bytes < 100 * 1024 * 1024 then '0-100MB'
                when file_size_bytes < 500 * 1024 * 1024 then '100-500MB'
                else '500MB+' end $$;

-- What people are told of a model, and so the name under which its speed is known (aisubs/model/speech_model.py).
create function aisubs_core.shown_model(model text) returns text language sql immutable as $$
    select case when model like 'openai:%' then 'openai:' else '' end
        || regexp_replace(regexp_replace(rtrim(model, '/'), '^openai:', ''), '^.*/', '') $$;

-- How fast a model was (the one that was used last if none is named), best known for recordings of this size: wall time
-- for a millisecond of audio, and what whole recordings of this size took. Nulls where nothing is known.
create function aisubs_core.pace(model text, size_bucket text)
    returns table (wall_ms_per_audio_ms double precision, avg_duration_seconds double precision)
    language sql stable as $$
    select (
        select s.wall_ms_per_audio_ms from aisubs.job_duration_stats s
        where pace.model in (s.model, '')
        order by s.file_size_bucket = pace.size_bucket desc, s.updated_at desc limit 1
    ), (
        select s.avg_duration_seconds from aisubs.job_duration_stats s
        where pace.model in (s.model, '') and s.file_size_bucket = pace.size_bucket
        order by s.updated_at desc limit 1
    ) $$;

-- Seconds of work that each waiting or running job still takes once it runs; null when nothing is known.
-- Best first: the worker's own estimate, the audio that is left at the speed of the model, what recordings of this size
-- took.
create function aisubs_core.work_left() returns table (job_id uuid, status text, work_s double precision)
    language sql stable as $$
    with open as materialized (
        select j.job_id, j.status, j.saved_ms, j.duration_ms * aisubs_core.in_turn(j.resume_state) as to_hear_ms,
            j.remaining_ms, j.remaining_at,
            coalesce(aisubs_core.shown_model(j.options ->> 'model'), '') as model,
            aisubs_core.size_bucket(j.file_size_bytes) as bucket,
            case when j.options -> 'diarize' = 'true' and aisubs_core.in_turn(j.resume_state) = 1
                then 0.05 * greatest(0, j.duration_ms - j.diarized_ms) / 1000
                else 0 end as diarizing_s  -- as aisubs/pipeline/transcribe/progress.py
        from aisubs.transcription_jobs j where j.status in ('pending', 'processing')
    ), paces as (
        -- Looked up once for each kind of job, not for each job: a line may be long.
        select kind.model, kind.bucket, pace.wall_ms_per_audio_ms, pace.avg_duration_seconds
        from (select distinct o.model, o.bucket from open o) kind
            cross join lateral aisubs_core.pace(kind.model, kind.bucket) pace
    )
    -- (`greatest` passes over nulls: what is unknown must not become 0.)
    select o.job_id, o.status, coalesce(
        case when o.status = 'processing' and o.remaining_ms is not null then
            greatest(0, o.remaining_ms / 1000.0 - extract(epoch from now() - o.remaining_at)) end,
        case when o.to_hear_ms is not null then
            greatest(0, o.to_hear_ms - o.saved_ms) / 1000.0 * p.wall_ms_per_audio_ms + o.diarizing_s end,
        p.avg_duration_seconds)
    from open o join paces p using (model, bucket) $$;

-- Seconds until a job at this place of the line starts, when those running and those ahead of it still take `work_s`
-- together: that work is shared by all slots. Nothing is promised where any part is unknown.
create function aisubs_core.wait_s(running bigint, "position" bigint, work_s double precision, slots integer)
    returns double precision language sql immutable as $$
    select case when wait_s.running + wait_s.position <= wait_s.slots then 0 else wait_s.work_s / wait_s.slots end $$;

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
    select case when min(w.work_s) is null then 60 else ceil(least(3600, greatest(5, min(w.work_s)))) end::integer
    from aisubs_core.work_left() w where w.status = 'processing' $$;
