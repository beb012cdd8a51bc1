-- Announcements whose job is gone. A bucket's upload session lives for a week and nobody can end it without its URL:
-- what it still brings must find that it comes too late, and the key of the announcement must make no second job.
create table aisubs.ended_uploads (
    job_id uuid primary key,
    bucket text not null,
    object_name text not null,
    ended_at timestamptz not null default now()
);
create index ended_uploads_object on aisubs.ended_uploads (bucket, object_name);
create index ended_uploads_age on aisubs.ended_uploads (ended_at);

-- What was said at the announcement: the same key must say the same. Null: announced before this was kept.
alter table aisubs.transcription_jobs add column announced jsonb;
