-- People who sign in by an identity provider. An account is known by who vouches for it and by its name there, never by
-- an e-mail address: those change hands.
create table aisubs.accounts (
    account_id uuid primary key default gen_random_uuid(),
    iss text not null,
    sub text not null,
    name text,                                  -- as the provider told it last, for people to see
    email text,
    admin boolean not null default false,       -- as decided at the last sign-in
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),  -- to the hour or so
    constraint one_account_per_subject unique (iss, sub)
);

-- Sessions of accounts end at their time however much they are used; that of the machine's owner moves with use.
alter table aisubs.owner_sessions add column renews boolean not null default true;

-- What programs show for an owner: only the hash is here, and it opens what its scopes say.
create table aisubs.api_keys (
    key_id uuid primary key default gen_random_uuid(),
    owner_id text not null,
    name text not null,
    scopes jsonb not null,                      -- of read, write, admin
    token_hash text not null unique,            -- SHA-256 (hex)
    created_at timestamptz not null default now(),
    last_used_at timestamptz,                   -- to the minute or so
    expires_at timestamptz,                     -- null: until it is revoked
    constraint hash_is_sha256 check (token_hash ~ '^[0-9a-f]{64}$'),
    constraint scopes_known check (jsonb_array_length(scopes) > 0 and scopes <@ '["read", "write", "admin"]')
);
create index keys_of_owner on aisubs.api_keys (owner_id, created_at);
