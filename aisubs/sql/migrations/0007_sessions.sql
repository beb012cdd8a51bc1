-- Signed-in owners: a session is its token, of which only the hash is here. It ends when it is not used for long, or
-- when the owner ends it.
create table aisubs.owner_sessions (
    session_id uuid primary key default gen_random_uuid(),
    owner_id text not null,
    token_hash text not null unique,            -- SHA-256 (hex) of the session's token
    device text not null default '',            -- what it calls itself, for the owner's list
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),  -- to the hour or so
    expires_at timestamptz not null,            -- moves with use
    constraint hash_is_sha256 check (token_hash ~ '^[0-9a-f]{64}$')
);
create index sessions_of_owner on aisubs.owner_sessions (owner_id, created_at);
create index sessions_ending on aisubs.owner_sessions (expires_at);

-- One owner's drops, commands and uploads keep a lane each, as they had without an owner: a thousand dropped files must
-- not keep a command waiting.
alter table aisubs.transcription_jobs drop column lane;
alter table aisubs.transcription_jobs add column lane text not null generated always as (
    case when owner_id is not null then 'owner:' || owner_id || case when source = 'web' then '' else ':' || source end
         when token_hash is not null then 'token:' || token_hash
         else 'source:' || source end) stored;
create index jobs_pending on aisubs.transcription_jobs (lane, created_at) where status = 'pending';
create index jobs_processing on aisubs.transcription_jobs (lane) where status = 'processing';
create index jobs_lane_served on aisubs.transcription_jobs (lane, dispatched_at desc) where dispatched_at is not null;
