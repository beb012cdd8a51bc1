-- Read-only links to a job. A link is its token, of which only the hash is here; it ends with the job, at its own time,
-- or when the owner revokes it.
create table aisubs.job_shares (
    share_id uuid primary key default gen_random_uuid(),
    job_id uuid not null references aisubs.transcription_jobs on delete cascade,
    token_hash text not null unique,            -- SHA-256 (hex) of the share token
    watch_topic text not null unique            -- of its own: the job's would still be known after a revocation
        default 'share:' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
    include_media boolean not null,             -- may the recording be played, or the text only be read
    opened bigint not null default 0,
    created_at timestamptz not null default now(),
    expires_at timestamptz,                     -- null: with the job
    revoked_at timestamptz,
    constraint hash_is_sha256 check (token_hash ~ '^[0-9a-f]{64}$')
);
create index shares_of_job on aisubs.job_shares (job_id, created_at);
