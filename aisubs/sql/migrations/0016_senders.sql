-- Turns and quotas are by who sends: tokens and library keys are free to make, so whoever takes a new one for each
-- recording had a lane for each, and no end of rows.
alter table aisubs.transcription_jobs
    add column sender text,                     -- as `uploader`, but until the job is over
    drop column lane;
alter table aisubs.transcription_jobs add column lane text not null generated always as (
    case when sender is not null then sender
         when owner_id is not null then 'owner:' || owner_id || case when source = 'web' then '' else ':' || source end
         when token_hash is not null then 'token:' || token_hash
         else 'source:' || source end) stored;
create index jobs_pending on aisubs.transcription_jobs (lane, created_at) where status = 'pending';
create index jobs_processing on aisubs.transcription_jobs (lane) where status = 'processing';
create index jobs_lane_served on aisubs.transcription_jobs (lane, dispatched_at desc) where dispatched_at is not null;

-- What was announced by each sender, day by day (UTC); cached ones too, for each is a row.
create table aisubs.sender_days (
    sender text not null,
    day date not null,
    jobs bigint not null,
    bytes bigint not null,
    primary key (day, sender)
);
