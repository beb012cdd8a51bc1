-- Accounts, and keys for programs. An owner is `machine`, `account:` with an id, or `library:` with a hash; the first
-- two are signed in. Who may sign in at all is decided before (aisubs/pipeline/sign_in.py).

-- The holder's account, or a null row.
create function aisubs_core.account_of(holder jsonb) returns aisubs.accounts language sql stable as $$
    select a from aisubs.accounts a
    where a.account_id = aisubs_core.to_job_id(substr(account_of.holder ->> 'owner_id', 9))
        and account_of.holder ->> 'owner_id' like 'account:%' $$;

-- May the holder do what is for administrators? Whoever runs the machine may; a key only with that scope.
create function aisubs_core.is_admin(holder jsonb) returns boolean language sql stable as $$
    select (coalesce(holder ->> 'owner_id' = 'machine', false)
            or coalesce((aisubs_core.account_of(is_admin.holder)).admin, false))
        and coalesce(holder -> 'scopes' ? 'admin', true) $$;

-- Somebody has proved to be `sub` to `iss`: their account, made at the first time, and a session that ends after
-- `lasts_s`. What is told of them takes the place of what was told before.
create function aisubs_api.sign_in_account(
    iss text, sub text, name text, email text, admin boolean, token_hash text, device text, lasts_s double precision
) returns setof aisubs_core.session_row language plpgsql as $$
declare
    account uuid;
begin
    insert into aisubs.accounts as a (iss, sub, name, email, admin)
    values (sign_in_account.iss, sign_in_account.sub, sign_in_account.name, sign_in_account.email,
        sign_in_account.admin)
    on conflict on constraint one_account_per_subject do update
        set name = excluded.name, email = excluded.email, admin = excluded.admin, last_seen_at = now()
    returning a.account_id into account;
    return query select * from aisubs_core.add_session(
        sign_in_account.token_hash, 'account:' || account, sign_in_account.device, lasts_s, renews => false);
end $$;

-- Their provider says that they may not come in any more: sessions and keys end. No account of theirs is fine.
create function aisubs_api.shut_account(iss text, sub text) returns void language plpgsql as $$
declare
    owner text;
begin
    update aisubs.accounts a set admin = false where a.iss = shut_account.iss and a.sub = shut_account.sub
    returning 'account:' || a.account_id into owner;
    delete from aisubs.owner_sessions s where s.owner_id = owner;
    delete from aisubs.api_keys k where k.owner_id = owner;
end $$;

-- Who the holder is: an account, or the machine's owner (no account_id). No row: nobody who is signed in.
create function aisubs_api.get_account(holder jsonb) returns table (
    account_id uuid, name text, email text, admin boolean, created_at timestamptz, sessions bigint
) language sql stable as $$
    select a.account_id, a.name, a.email, aisubs_core.is_admin(get_account.holder), a.created_at,
        (select count(*) from aisubs.owner_sessions s
            where s.owner_id = get_account.holder ->> 'owner_id' and s.expires_at > now())
    from aisubs_core.account_of(get_account.holder) a
    where get_account.holder ->> 'owner_id' = 'machine' or a.account_id is not null $$;

-- ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

-- A key as its owner sees it; never the token.
create type aisubs_core.key_row as (
    key_id uuid, name text, scopes jsonb, created_at timestamptz, last_used_at timestamptz, expires_at timestamptz);
create function aisubs_core.show_key(key aisubs.api_keys) returns aisubs_core.key_row language sql immutable as $$
    select row(key.key_id, key.name, key.scopes, key.created_at, key.last_used_at,
        key.expires_at)::aisubs_core.key_row $$;

-- A new one, of at most 50; null days: until it is revoked. No key opens more than its maker may.
create function aisubs_api.create_key(
    holder jsonb, token_hash text, name text, scopes jsonb, expires_in_days integer default null
) returns setof aisubs_core.key_row language plpgsql as $$
declare
    owner text := aisubs_core.signed_in(create_key.holder);
    made aisubs.api_keys;
begin
    if owner is null then
        perform aisubs_core.refuse('unauthorized');
    elsif create_key.scopes ? 'admin' and not aisubs_core.is_admin(create_key.holder) then
        perform aisubs_core.refuse('not_admin');
    end if;
    perform pg_advisory_xact_lock(hashtextextended('aisubs.api_keys', 0));
    delete from aisubs.api_keys k where k.expires_at < now() - interval '30 days';
    if 50 <= (select count(*) from aisubs.api_keys k where k.owner_id = owner) then
        perform aisubs_core.refuse('too_many_keys', jsonb_build_object('limit', 50));
    end if;
    insert into aisubs.api_keys (owner_id, name, scopes, token_hash, expires_at)
    values (owner, create_key.name, create_key.scopes, create_key.token_hash,
        now() + make_interval(days => create_key.expires_in_days)) returning * into made;
    return next aisubs_core.show_key(made);
end $$;

-- The keys of the holder's owner, those that are over for a month too, the newest first.
create function aisubs_api.list_keys(holder jsonb) returns setof aisubs_core.key_row language sql stable as $$
    select shown.* from aisubs.api_keys k, aisubs_core.show_key(k) shown
    where k.owner_id = aisubs_core.signed_in(list_keys.holder) order by k.created_at desc, k.key_id $$;

-- End one of the holder's keys, at once. One that is not there is fine.
create function aisubs_api.revoke_key(holder jsonb, key_id text) returns void language sql volatile as $$
    delete from aisubs.api_keys k where k.owner_id = aisubs_core.signed_in(revoke_key.holder)
        and k.key_id = aisubs_core.to_job_id(revoke_key.key_id) $$;

-- Whose key one of these tokens is, and what it opens; no row: it is over, or never was. Use is noted once a minute.
create function aisubs_api.key_owner(holder jsonb) returns table (owner_id text, scopes jsonb) language plpgsql as $$
#variable_conflict use_column
declare
    found_one aisubs.api_keys;
begin
    select k.* into found_one from aisubs.api_keys k
    where k.token_hash = any (aisubs_core.token_hashes(holder)) and coalesce(k.expires_at > now(), true)
    order by k.created_at desc limit 1;
    if found_one.key_id is null then
        return;
    end if;
    if coalesce(found_one.last_used_at < now() - interval '1 minute', true) then
        update aisubs.api_keys k set last_used_at = now() where k.key_id = found_one.key_id;
    end if;
    return query select found_one.owner_id, found_one.scopes;
end $$;
