-- Copies of a recording's video with its subtitles, which go with the job as its results do.
create table aisubs.video_copies (
    copy_id uuid primary key default gen_random_uuid(),
    job_id uuid not null references aisubs.transcription_jobs on delete cascade,
    kind text not null check (kind in ('mux', 'burn')),
    profile text not null,
    language text not null,                     -- of the text; ISO 639-1
    revision integer not null,                  -- of the text that it is made of
    made_of text not null,                      -- MD5 of what is put in
    subtitles text,                             -- that itself, until it is done
    state text not null default 'waiting' check (state in ('waiting', 'working', 'completed', 'failed')),
    fence bigint not null default 0,
    leased_until timestamptz,                   -- of a waiting one: not before
    attempts integer not null default 0,        -- how often it was cut short
    progress integer not null default 0 check (progress between 0 and 100),
    size_bytes bigint,
    error_code text,
    error_message text,
    requested_at timestamptz not null default now(),
    finished_at timestamptz,
    constraint copied_once unique (job_id, kind, profile, language),
    constraint copy_is_whole check ((state = 'completed') = (size_bytes is not null)),
    constraint open_copy_has_text check (state not in ('waiting', 'working') or subtitles is not null)
);
create index video_copies_open on aisubs.video_copies (requested_at) where state in ('waiting', 'working');
