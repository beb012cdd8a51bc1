-- What workers cost is the time that they hold a job: since when this one does, and for how long all have.
alter table aisubs.transcription_jobs
    add column attempt_at timestamptz,
    add column worked_s double precision not null default 0;
-- And what all jobs together have cost today and this month (UTC), beside what may be spent in a day; null: no limit.
alter table aisubs.limits
    add column daily_gpu_seconds double precision,
    add column today date not null default '2000-01-01',
    add column today_s double precision not null default 0,
    add column month date not null default '2000-01-01',
    add column month_s double precision not null default 0;
