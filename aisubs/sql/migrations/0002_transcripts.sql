-- The transcript: windows while it grows, one result row when it is whole, and how long such work takes.

-- A tile of the recording: checkpoint, progress, live partial transcript and ledger of coverage in one.
create table aisubs.transcript_windows (
    job_id uuid not null references aisubs.transcription_jobs on delete cascade,
    seq integer not null check (seq >= 0),
    start_ms bigint not null check (start_ms >= 0),
    end_ms bigint not null,
    speech_ms bigint not null check (speech_ms >= 0),
    speech jsonb not null default '[]',         -- [[start_ms, end_ms], ...]
    segments jsonb not null default '[]',       -- model/transcript.py Segment
    primary key (job_id, seq),
    constraint window_has_length check (end_ms > start_ms)
);

-- What was published. Twins (equal content, equal options) point at one row; it moves to a twin when its job goes.
create table aisubs.job_results (
    job_id uuid primary key references aisubs.transcription_jobs on delete cascade,
    fence bigint not null,                      -- of the execution that published it
    files jsonb not null,                       -- [{format, key, size_bytes, sha256}, ...]
    coverage jsonb,
    language text,
    duration_ms bigint not null,
    model text,
    created_at timestamptz not null default now()
);

-- Moving a result to a twin is one UPDATE of job_results.job_id; everybody who points at it follows.
alter table aisubs.transcription_jobs add constraint result_exists
    foreign key (result_job_id) references aisubs.job_results (job_id) on update cascade;

-- Means over the last twenty or so jobs, for the estimates shown before a worker has measured its own speed.
create table aisubs.job_duration_stats (
    model text not null,
    file_size_bucket text not null,
    avg_duration_seconds double precision not null,     -- wall time for a whole recording of this size
    wall_ms_per_audio_ms double precision not null check (wall_ms_per_audio_ms > 0),
    sample_count integer not null default 1,
    updated_at timestamptz not null default now(),
    primary key (model, file_size_bucket)
);
