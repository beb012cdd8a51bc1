-- Devices that want to be told when a job is over, by Web Push (RFC 8030). They go with the job.
create table aisubs.push_subscriptions (
    subscription_id uuid primary key default gen_random_uuid(),
    job_id uuid not null references aisubs.transcription_jobs on delete cascade,
    endpoint text not null,                     -- where messages for the device are posted
    endpoint_hash text not null,                -- SHA-256 (hex): an endpoint may be too long for an index
    p256dh text not null,                       -- what messages are encrypted with, base64url
    auth text not null,
    language text not null,
    created_at timestamptz not null default now(),

    -- What it is to be told: the status of the job
    due_since timestamptz,                      -- null: nothing
    due_at timestamptz,                         -- not before; a claim moves it on, so that it is also the lease
    claims bigint not null default 0,           -- fence of the last claim
    unique (job_id, endpoint_hash),
    constraint due_is_whole check ((due_at is null) = (due_since is null))
);
create index pushes_due on aisubs.push_subscriptions (due_at) where due_at is not null;
