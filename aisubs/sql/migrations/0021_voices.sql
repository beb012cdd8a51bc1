-- Owners who want voices that they have named to be recognised in later recordings. Without a row here nothing below
-- holds anything of theirs, and to delete it is to delete all of it.
create table aisubs.voice_owners (
    owner_id text primary key,
    opted_in_at timestamptz not null default now()
);

-- Somebody's voice under the name that its owner gave it.
create table aisubs.voices (
    voice_id uuid primary key default gen_random_uuid(),
    owner_id text not null references aisubs.voice_owners on delete cascade,
    name text not null,
    heard_at timestamptz not null default now(),  -- named, or recognised, last
    unique (owner_id, name)
);

-- What a diarizer made of that voice in one recording. It outlives its job, so `job_id` is no reference.
create table aisubs.voice_prints (
    voice_id uuid not null references aisubs.voices on delete cascade,
    job_id uuid not null,                         -- whose windows they are of
    speaker text not null,                        -- the label in that job's text
    network text not null,                        -- only prints of the same one can be compared
    print bytea not null,
    heard_ms bigint not null check (heard_ms > 0),
    learned_at timestamptz not null default now(),
    primary key (job_id, speaker)
);
create index voice_prints_of on aisubs.voice_prints (voice_id);

-- The voices of one job, by the labels of its text, and whom each resembles. Only of owners who opted in; they go with
-- the job.
create table aisubs.job_voices (
    job_id uuid not null references aisubs.transcription_jobs on delete cascade,
    speaker text not null,
    network text not null,
    print bytea not null,
    heard_ms bigint not null check (heard_ms > 0),
    suggested uuid references aisubs.voices on delete set null,
    similarity real,
    primary key (job_id, speaker)
);
create index job_voices_suggesting on aisubs.job_voices (suggested) where suggested is not null;
