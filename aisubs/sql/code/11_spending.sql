-- What workers cost: the seconds for which they hold a job, summed by day and month (UTC), and a daily limit on them.
-- A start before the claim is not in it, nor is an execution that found nothing to do: some seconds each.

create function aisubs_core.utc_day() returns date language sql stable as $$
    select (now() at time zone 'utc')::date $$;

-- A worker lets go of a job after so many seconds.
create function aisubs_core.spend(seconds double precision) returns void language sql volatile as $$
    update aisubs.limits l
    set today = aisubs_core.utc_day(), month = date_trunc('month', aisubs_core.utc_day())::date,
        today_s = spend.seconds + case when l.today = aisubs_core.utc_day() then l.today_s else 0 end,
        month_s = spend.seconds
            + case when l.month = date_trunc('month', aisubs_core.utc_day())::date then l.month_s else 0 end $$;

-- Today's seconds: of workers that have let go, and of those at work since today began.
create function aisubs_core.spent_today() returns double precision language sql stable as $$
    select (select case when l.today = aisubs_core.utc_day() then l.today_s else 0 end from aisubs.limits l)
        + coalesce((select sum(extract(epoch from now()
                - greatest(j.attempt_at, aisubs_core.utc_day()::timestamp at time zone 'utc')))
            from aisubs.transcription_jobs j where j.status = 'processing' and j.attempt_at is not null),
            0)::double precision $$;

-- From when on workers may be started again; null: they may now. What runs when the limit is reached runs to its end.
create function aisubs_core.spent_until() returns timestamptz language sql stable as $$
    select (aisubs_core.utc_day() + 1)::timestamp at time zone 'utc'
    from aisubs.limits l where aisubs_core.spent_today() >= l.daily_gpu_seconds $$;

-- Seconds of workers today and this month, what may be spent in a day, and until when nothing is started.
create function aisubs_api.spending()
    returns table (today_s double precision, month_s double precision, daily_gpu_seconds double precision,
        spent_until timestamptz)
    language sql stable as $$
    select aisubs_core.spent_today(),
        aisubs_core.spent_today() - case when l.today = aisubs_core.utc_day() then l.today_s else 0 end
            + case when l.month = date_trunc('month', aisubs_core.utc_day())::date then l.month_s else 0 end,
        l.daily_gpu_seconds, aisubs_core.spent_until()
    from aisubs.limits l $$;
