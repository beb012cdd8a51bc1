-- What one sender may announce in a day, and have transcribed in a month (UTC). Whoever counts adds to the row of today
-- first and looks then: the row is locked until the end, so of many at once none sees the same free place.

-- When this month ends.
create function aisubs_core.next_month() returns timestamptz language sql stable as $$
    select (date_trunc('month', aisubs_core.utc_day()) + interval '1 month')::timestamp at time zone 'utc' $$;

-- A moment as sentences say it.
create function aisubs_core.told_time(at timestamptz) returns text language sql stable as $$
    select to_char(told_time.at at time zone 'utc', 'YYYY-MM-DD HH24:MI') || ' UTC' $$;

-- A limit of this sender: what an administrator has set, else the usual. Null is no limit.
create function aisubs_core.limit_of(sender text, what text, usual bigint) returns bigint language sql stable as $$
    select nullif(coalesce((
        select case limit_of.what when 'jobs_per_day' then o.jobs_per_day when 'bytes_per_day' then o.bytes_per_day
            else o.minutes_per_month end
        from aisubs.owner_limits o where 'owner:' || o.owner_id = limit_of.sender), limit_of.usual), 0) $$;

-- Say what is used up, of how much, and when it returns.
create function aisubs_core.refuse_used_up(code text, used bigint, "limit" bigint, returns_at timestamptz) returns void
    language sql as $$
    select aisubs_core.refuse(code, jsonb_build_object('used', used, 'limit', "limit",
        'returns', aisubs_core.told_time(returns_at),
        'retry_after_s', ceil(extract(epoch from returns_at - now())))) $$;

-- Add to what this sender has today.
create function aisubs_core.count_sent(
    sender text, jobs bigint default 0, bytes bigint default 0, audio_ms bigint default 0,
    worker_s double precision default 0
) returns aisubs.sender_days language sql volatile as $$
    insert into aisubs.sender_days as d (sender, day, jobs, bytes, audio_ms, worker_s)
    values (count_sent.sender, aisubs_core.utc_day(), count_sent.jobs, count_sent.bytes, count_sent.audio_ms,
        count_sent.worker_s)
    on conflict on constraint sender_days_pkey do update
        set jobs = d.jobs + excluded.jobs, bytes = d.bytes + excluded.bytes,
            audio_ms = d.audio_ms + excluded.audio_ms, worker_s = d.worker_s + excluded.worker_s
    returning d.* $$;

-- Count these jobs and bytes, or refuse them when the day's are used up; null is no limit. What is refused counts for
-- nothing. Call it under lock_admission.
create function aisubs_core.admit_day(
    sender text, jobs bigint, bytes bigint, jobs_per_day bigint, bytes_per_day bigint
) returns void language plpgsql as $$
declare
    used aisubs.sender_days := aisubs_core.count_sent(sender, jobs, bytes);
    most_jobs bigint := aisubs_core.limit_of(sender, 'jobs_per_day', jobs_per_day);
    most_bytes bigint := aisubs_core.limit_of(sender, 'bytes_per_day', bytes_per_day);
begin
    if used.jobs > most_jobs then
        perform aisubs_core.refuse_used_up('day_used_up', used.jobs - jobs, most_jobs, aisubs_core.next_day());
    elsif used.bytes > most_bytes then
        perform aisubs_core.refuse_used_up('bytes_used_up', used.bytes - bytes, most_bytes, aisubs_core.next_day());
    end if;
end $$;

-- How much audio was counted for this sender this month.
create function aisubs_core.audio_of_month(sender text) returns bigint language sql stable as $$
    select coalesce(sum(d.audio_ms), 0)::bigint from aisubs.sender_days d
    where d.sender = audio_of_month.sender and d.day >= date_trunc('month', aisubs_core.utc_day()) $$;

-- The most of it; null is no limit. `usual` is that of the last announcement, for who lands or works knows no settings.
create function aisubs_core.audio_limit(sender text) returns bigint language sql stable as $$
    select aisubs_core.limit_of(sender, 'minutes_per_month', l.minutes_per_month) * 60000 from aisubs.limits l $$;

-- Count so much audio; false if there is not so much left, or nothing at all: then it counts for nothing.
create function aisubs_core.count_audio(sender text, audio_ms bigint) returns boolean language plpgsql as $$
declare
    used bigint;
begin
    perform aisubs_core.count_sent(sender, audio_ms => count_audio.audio_ms);  -- (with nothing, too: for the lock)
    used := aisubs_core.audio_of_month(sender);
    if used > aisubs_core.audio_limit(sender)
        or count_audio.audio_ms = 0 and used >= aisubs_core.audio_limit(sender) then
        perform aisubs_core.count_sent(sender, audio_ms => -count_audio.audio_ms);
        return false;
    end if;
    return true;
end $$;

-- The same, or refuse.
create function aisubs_core.admit_audio(sender text, audio_ms bigint) returns void language plpgsql as $$
begin
    if not aisubs_core.count_audio(sender, admit_audio.audio_ms) then
        perform aisubs_core.refuse_used_up('minutes_used_up', aisubs_core.audio_of_month(sender) / 60000,
            aisubs_core.audio_limit(sender) / 60000, aisubs_core.next_month());
    end if;
end $$;

-- A recording of a sender has landed and its length is known, or not yet: it is counted. Where it is more than is left
-- the job fails; the recording stays, for a retry.
create function aisubs_core.count_landed(job aisubs.transcription_jobs) returns void language plpgsql as $$
declare
    length_ms bigint := coalesce(job.duration_ms, 0);
    known record;
begin
    if job.sender is null or job.status <> 'pending' then
        return;
    elsif aisubs_core.count_audio(job.sender, length_ms) then
        update aisubs.transcription_jobs j set counted_ms = length_ms, counted_on = aisubs_core.utc_day()
        where j.job_id = job.job_id;
        return;
    end if;
    select * into known from aisubs_core.errors() e where e.code = 'minutes_used_up';
    update aisubs.transcription_jobs j
    set status = 'failed', error_code = known.code, retryable = true, error_message = replace(replace(replace(
        known.sentence, '{used}', (aisubs_core.audio_of_month(job.sender) / 60000)::text),
        '{limit}', (aisubs_core.audio_limit(job.sender) / 60000)::text),
        '{returns}', aisubs_core.told_time(aisubs_core.next_month()))
    where j.job_id = job.job_id;
end $$;

-- The recording turned out to be so long: what was counted too little or too much is put right.
create function aisubs_core.settle_audio(job aisubs.transcription_jobs, length_ms bigint) returns void
    language plpgsql as $$
begin
    if job.sender is not null and length_ms <> job.counted_ms then
        perform aisubs_core.count_sent(job.sender, audio_ms => length_ms - job.counted_ms);
        update aisubs.transcription_jobs j set counted_ms = length_ms where j.job_id = job.job_id;
    end if;
end $$;

-- What was counted of a job that ends without a result, and never transcribed, is given back to the day that it was
-- counted on. Returns what stays counted.
create function aisubs_core.give_back(job aisubs.transcription_jobs) returns bigint language plpgsql as $$
declare
    kept bigint := least(job.counted_ms, job.progress_ms);
begin
    if job.sender is not null and kept < job.counted_ms then
        update aisubs.sender_days d set audio_ms = d.audio_ms - (job.counted_ms - kept)
        where d.sender = job.sender and d.day = job.counted_on;
        return kept;
    end if;
    return job.counted_ms;
end $$;

-- What may be used, and what is: of whoever asks. `resets_at` is null for what does not return by the clock.
create function aisubs_api.get_usage(
    holder jsonb, address text, jobs_per_day bigint, bytes_per_day bigint, minutes_per_month bigint,
    queue_capacity bigint
) returns table (name text, "limit" bigint, used bigint, resets_at timestamptz) language sql stable as $$
    with asking as (
        select aisubs_core.uploader(get_usage.holder, get_usage.address) as sender
    ), today as (
        select coalesce(sum(d.jobs), 0)::bigint as jobs, coalesce(sum(d.bytes), 0)::bigint as bytes
        from aisubs.sender_days d join asking using (sender) where d.day = aisubs_core.utc_day()
    )
    select u.name, u.most, u.used, u.resets_at
    from asking a, today t, lateral (values
        ('jobs_per_day', aisubs_core.limit_of(a.sender, 'jobs_per_day', get_usage.jobs_per_day), t.jobs,
            aisubs_core.next_day()),
        ('bytes_per_day', aisubs_core.limit_of(a.sender, 'bytes_per_day', get_usage.bytes_per_day), t.bytes,
            aisubs_core.next_day()),
        ('minutes_per_month', aisubs_core.limit_of(a.sender, 'minutes_per_month', get_usage.minutes_per_month),
            ceil(aisubs_core.audio_of_month(a.sender) / 60000.0)::bigint, aisubs_core.next_month()),
        ('jobs_in_line', get_usage.queue_capacity, (
            select count(*) from aisubs.transcription_jobs j
            where j.sender = a.sender and j.status in ('pending', 'processing')), null)
    ) u (name, most, used, resets_at) $$;

-- Days of months that no longer count.
create function aisubs_core.forget_days() returns void language sql volatile as $$
    delete from aisubs.sender_days d where d.day < date_trunc('month', aisubs_core.utc_day()) $$;
