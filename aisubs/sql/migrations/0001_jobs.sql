-- One row per recording on its way to a transcript. The row stays small: no transcript, no plain token.
-- Which status may follow which, and who moves it, stands in code/10_states.sql; the CHECKs here are the second wall.

create table aisubs.transcription_jobs (
    job_id uuid primary key default gen_random_uuid(),
    status text not null,
    version bigint not null default 1,          -- rises with each visible change (guard trigger)

    -- Whose it is
    owner_id text,                              -- signed-in owner; a subject of any identity provider
    token_hash text,                            -- SHA-256 (hex) of the owner token
    watch_topic text not null                   -- unguessable name of the live channel: 244 random bits
        default 'job:' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),

    -- The recording
    source text not null,
    filename text not null,
    file_size_bytes bigint,
    content_type text,
    video_hash text,                            -- SHA-256 as the browser claims it, before the upload
    content_sha256 text,                        -- SHA-256 as the worker computed it
    crc32c text,                                -- base64, as GCS writes it; a hint only
    bucket text,
    object_name text,
    generation bigint,                          -- known once the object is complete in the bucket
    duration_ms bigint,
    options jsonb not null default '{}',        -- model/job.py Options, only what differs from the defaults
    language text,                              -- as heard, once it is fixed

    -- How far it is
    progress integer not null default 0,        -- whole percent
    progress_ms bigint not null default 0,      -- what people are shown; never falls
    progress_stage text,
    progress_message text,
    saved_ms bigint not null default 0,         -- end of the last saved window: where the worker goes on
    windows integer not null default 0,         -- saved windows
    remaining_ms bigint,                        -- the worker's estimate of wall time, as of remaining_at
    remaining_at timestamptz,
    resume_state jsonb,

    -- Who works on it
    fence bigint not null default 0,            -- rises with each dispatch and each claim
    dispatch_id uuid,
    execution_name text,                        -- what the runner calls the worker
    claimed_by text,                            -- what the worker calls itself
    dispatched_at timestamptz,
    dispatch_deadline timestamptz,              -- a dispatch must be claimed by then
    last_seen timestamptz,                      -- the worker's last sign of life
    worked_at timestamptz,                      -- when it last got further: a stage, a window
    upload_deadline timestamptz,                -- an announced upload must be complete by then
    not_before timestamptz,                     -- backoff
    waiting_for text,
    retry_count integer not null default 0,
    fruitless_releases integer not null default 0,  -- hand-overs in a row without a new window
    returned_dispatches integer not null default 0, -- dispatches in a row that found no machine

    -- How it ended
    error_code text,
    error_message text,
    retryable boolean,
    result_job_id uuid,                         -- whose result this is: its own, or that of its twin
    cached_at timestamptz,                      -- when the result of a twin was taken over
    mirrored_at timestamptz,                    -- when the results were put beside the dropped file
    created_at timestamptz not null default now(),
    started_at timestamptz,
    completed_at timestamptz,                   -- when it was over, whatever the outcome
    deleted_at timestamptz,                     -- tombstone: invisible; its objects, then its row, are going

    -- Fair turns: a signed-in owner has one lane, each anonymous token its own, and what is dropped without
    -- a token shares one lane per source.
    lane text not null generated always as (
        case when owner_id is not null then 'owner:' || owner_id
             when token_hash is not null then 'token:' || token_hash
             else 'source:' || source end) stored,

    constraint status_known check (status in
        ('uploading', 'pending', 'processing', 'completed', 'failed', 'cancelled')),
    constraint source_known check (source in ('web', 'bucket', 'folder', 'cli')),
    constraint stage_known check (progress_stage in
        ('starting', 'fetching', 'transcribing', 'diarizing', 'writing')),
    constraint stage_only_while_processing check ((status = 'processing') = (progress_stage is not null)),
    constraint hashes_are_sha256 check (
        token_hash ~ '^[0-9a-f]{64}$' and video_hash ~ '^[0-9a-f]{64}$' and content_sha256 ~ '^[0-9a-f]{64}$'),
    constraint uploading_has_deadline check (status <> 'uploading'
        or (upload_deadline is not null and object_name is not null and generation is null)),
    constraint work_has_object check (status not in ('pending', 'processing')
        or (bucket is not null and object_name is not null and generation is not null)),
    constraint processing_has_dispatch check (status <> 'processing' or (dispatch_id is not null and fence > 0)),
    constraint processing_has_deadline check (status <> 'processing' or case when progress_stage = 'starting'
        then dispatch_deadline is not null
        else last_seen is not null and worked_at is not null and started_at is not null and claimed_by is not null end),
    constraint completed_has_result check (case when status <> 'completed' then result_job_id is null
        else result_job_id is not null or deleted_at is not null end),
    constraint completed_is_whole check (status <> 'completed'
        or (progress = 100 and duration_ms is not null and content_sha256 is not null)),
    constraint failed_has_reason check (status <> 'failed'
        or (error_code is not null and error_message is not null and retryable is not null)),
    constraint over_has_time check ((status in ('completed', 'failed', 'cancelled')) = (completed_at is not null)),
    constraint deleted_is_over check (deleted_at is null or status in ('completed', 'failed', 'cancelled')),
    constraint waiting_for_known check (waiting_for is null or (waiting_for = 'gpu' and status = 'pending')),
    constraint progress_in_range check (progress between 0 and 100 and progress_ms >= 0 and saved_ms >= 0),
    constraint counts_not_negative check (windows >= 0 and retry_count >= 0 and fence >= 0 and version > 0),

    -- Identity of an upload: event ids may differ for one and the same object, this may not.
    constraint one_job_per_object unique (bucket, object_name, generation)
) with (fillfactor = 70);  -- heartbeats rewrite rows; leave them room on their page

-- One index per question that is asked again and again; each sweep sees only the rows it is about.
create unique index jobs_uploading_object on aisubs.transcription_jobs (bucket, object_name) where status = 'uploading';
create index jobs_uploading_deadline on aisubs.transcription_jobs (upload_deadline) where status = 'uploading';
create index jobs_in_line on aisubs.transcription_jobs (status) where status in ('uploading', 'pending', 'processing');
create index jobs_pending on aisubs.transcription_jobs (lane, created_at) where status = 'pending';
create index jobs_processing on aisubs.transcription_jobs (lane) where status = 'processing';
create index jobs_silent on aisubs.transcription_jobs (last_seen)
    where status = 'processing' and progress_stage <> 'starting';
create index jobs_unclaimed on aisubs.transcription_jobs (dispatch_deadline)
    where status = 'processing' and progress_stage = 'starting';
create index jobs_lane_served on aisubs.transcription_jobs (lane, dispatched_at desc) where dispatched_at is not null;
create index jobs_unmirrored on aisubs.transcription_jobs (completed_at)
    where status in ('completed', 'failed') and mirrored_at is null and deleted_at is null
    and source in ('bucket', 'folder');
create index jobs_retention on aisubs.transcription_jobs (created_at)
    where deleted_at is null and status <> 'processing';
create index jobs_tombstones on aisubs.transcription_jobs (deleted_at) where deleted_at is not null;
create index jobs_token on aisubs.transcription_jobs (token_hash) where deleted_at is null;
create index jobs_owner on aisubs.transcription_jobs (owner_id, created_at desc) where deleted_at is null;
create index jobs_video_hash on aisubs.transcription_jobs (video_hash)
    where status = 'completed' and deleted_at is null;
create index jobs_content on aisubs.transcription_jobs (content_sha256)
    where status = 'completed' and deleted_at is null;
create index jobs_checksum on aisubs.transcription_jobs (crc32c, file_size_bytes)
    where status = 'completed' and deleted_at is null;
create index jobs_result on aisubs.transcription_jobs (result_job_id) where result_job_id is not null;
create unique index jobs_watch_topic on aisubs.transcription_jobs (watch_topic);

-- What the callers' settings last said. Shown to people (expiry, estimates), never enforced from here.
create table aisubs.limits (
    only_row boolean primary key default true check (only_row),
    retention_hours double precision not null default 168,
    concurrency integer not null default 3
);
insert into aisubs.limits default values;
