-- Addresses of programs that an owner wants told what becomes of their jobs, and the messages on their way there.
create table aisubs.webhooks (
    webhook_id uuid primary key default gen_random_uuid(),
    owner_id text not null,
    url text not null,
    events jsonb not null,                      -- names of events
    secret text not null,                       -- messages are signed with it: whsec_ and base64
    former_secret text,                         -- after a rotation, for a day: both sign
    former_until timestamptz,
    created_at timestamptz not null default now(),
    disabled_at timestamptz,                    -- nothing is sent any more
    disabled_because text
);
create index webhooks_of_owner on aisubs.webhooks (owner_id, created_at);

create table aisubs.webhook_messages (
    message_id uuid primary key default gen_random_uuid(),
    webhook_id uuid not null references aisubs.webhooks on delete cascade,
    event text not null,
    job_id uuid,                                -- no reference: of a deleted job is told, too
    body jsonb not null,
    created_at timestamptz not null default now(),
    due_at timestamptz,                         -- null: it is over; a claim moves it on, so that it is also the lease
    claims bigint not null default 0,           -- fence of the last claim
    attempts integer not null default 0,
    outcome text,                               -- of the last attempt
    answered text,                              -- what was answered to it, or why there was no answer
    attempted_at timestamptz
);
create index webhook_messages_due on aisubs.webhook_messages (due_at) where due_at is not null;
create index webhook_messages_of on aisubs.webhook_messages (webhook_id, created_at);
