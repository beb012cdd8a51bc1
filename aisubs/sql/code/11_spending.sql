-- What workers cost: the seconds for which they hold a job, summed by day and month (UTC), and a daily limit on them.
-- A start before the claim is not in it, nor is an execution that found nothing to do: some seconds each.

create function aisubs_core.utc_day() returns date language sql stable as $$
    select (now() at time zone 'utc')::date $$;

-- When today ends.
create function aisubs_core.next_day() returns timestamptz language sql stable as $$
    select (aisubs_core.utc_day() + 1)::timestamp at time zone 'utc' $$;

-- What has been counted today and this month; what was counted before is of another day, or of another month. Of the
-- row that is given, so that an update which waited for another one counts on with what that has written.
create function aisubs_core.counted(l aisubs.limits)
    returns table (today date, month date, today_s double precision, month_s double precision)
    language sql stable as $$
    select d.today, d.month, case when l.today = d.today then l.today_s else 0 end,
        case when l.month = d.month then l.month_s else 0 end
    from (select aisubs_core.utc_day() as today, date_trunc('month', aisubs_core.utc_day())::date as month) d $$;

-- A worker lets go of a job after so many seconds.
create function aisubs_core.spend(seconds double precision) returns void language sql volatile as $$
    update aisubs.limits l
    set (today, month, today_s, month_s) = (
        select c.today, c.month, c.today_s + spend.seconds, c.month_s + spend.seconds from aisubs_core.counted(l) c) $$;

-- For whom a worker works: as senders are counted, the signed-in owner of what came another way, or the house.
create function aisubs_core.payer(job aisubs.transcription_jobs) returns text language sql immutable as $$
    select coalesce(job.sender, case when job.owner_id is not null and job.owner_id not like 'library:%'
        then 'owner:' || job.owner_id end, 'house') $$;

-- Of workers that are at work now: the seconds since today began.
create function aisubs_core.spending_now() returns double precision language sql stable as $$
    select coalesce(sum(extract(epoch from now()
        - greatest(j.attempt_at, aisubs_core.utc_day()::timestamp at time zone 'utc'))), 0)::double precision
    from aisubs.transcription_jobs j where j.status = 'processing' and j.attempt_at is not null $$;

-- From when on workers may be started again; null: they may now. What runs when the limit is reached runs to its end.
create function aisubs_core.spent_until() returns timestamptz language sql stable as $$
    select aisubs_core.next_day()
    from aisubs.limits l, aisubs_core.counted(l) c
    where c.today_s + aisubs_core.spending_now() >= l.daily_gpu_seconds $$;

-- Seconds of workers today and this month, what may be spent in a day, and until when nothing is started.
create function aisubs_api.spending()
    returns table (today_s double precision, month_s double precision, daily_gpu_seconds double precision,
        spent_until timestamptz)
    language sql stable as $$
    with running as materialized (select aisubs_core.spending_now() as s)
    select c.today_s + running.s, c.month_s + running.s, l.daily_gpu_seconds,
        case when c.today_s + running.s >= l.daily_gpu_seconds then aisubs_core.next_day() end
    from running, aisubs.limits l, aisubs_core.counted(l) c $$;
