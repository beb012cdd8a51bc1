-- What each sender has had transcribed, and what workers had for it; days are kept for their month.
alter table aisubs.sender_days
    add column audio_ms bigint not null default 0,
    add column worker_s double precision not null default 0;
create index sender_days_of on aisubs.sender_days (sender, day);

-- What of the recording was counted already, and on which day.
alter table aisubs.transcription_jobs
    add column counted_ms bigint not null default 0,
    add column counted_on date;

-- What administrators allow an owner instead of the usual. Null: the usual. 0: any.
create table aisubs.owner_limits (
    owner_id text primary key,
    jobs_per_day bigint check (jobs_per_day >= 0),
    bytes_per_day bigint check (bytes_per_day >= 0),
    minutes_per_month bigint check (minutes_per_month >= 0),
    set_at timestamptz not null default now()
);
alter table aisubs.limits add column minutes_per_month bigint;  -- as the last announcement was told; null: any
