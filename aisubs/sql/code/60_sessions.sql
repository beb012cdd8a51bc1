-- Who is signed in, and whose a job is. The token of a session says who asks (`owner_id` of a holder); what that owner
-- may do is decided where it is for everybody, in 15_shown.sql.

-- A session as its owner sees it; never the token.
create type aisubs_core.session_row as (
    session_id uuid, device text, created_at timestamptz, last_used_at timestamptz, expires_at timestamptz,
    current boolean
);

-- A new session, which ends after `lasts_s`; with `renews`, of not being used. The same token again (a lost answer)
-- returns the one made before. Of more than 200 the longest unused end.
create function aisubs_core.add_session(
    token_hash text, owner_id text, device text, lasts_s double precision, renews boolean
) returns setof aisubs_core.session_row language plpgsql as $$
begin
    delete from aisubs.owner_sessions s where s.expires_at <= now();
    insert into aisubs.owner_sessions (token_hash, owner_id, device, expires_at, renews)
    values (add_session.token_hash, add_session.owner_id, add_session.device,
        now() + make_interval(secs => lasts_s), add_session.renews)
    on conflict on constraint owner_sessions_token_hash_key do nothing;
    delete from aisubs.owner_sessions s where s.session_id in (
        select o.session_id from aisubs.owner_sessions o
        where o.owner_id = add_session.owner_id and o.token_hash <> add_session.token_hash
        order by o.last_used_at desc offset 199);
    return query select s.session_id, s.device, s.created_at, s.last_used_at, s.expires_at, true
        from aisubs.owner_sessions s where s.token_hash = add_session.token_hash;
end $$;

-- A session of the machine's owner, as above.
create function aisubs_api.begin_session(token_hash text, owner_id text, device text, idle_s double precision)
    returns setof aisubs_core.session_row language sql volatile as $$
    select * from aisubs_core.add_session(begin_session.token_hash, begin_session.owner_id, begin_session.device,
        begin_session.idle_s, renews => true) $$;

-- Whose session one of these tokens is; no row: nobody's. Use is noted once an hour, so that reading stays reading.
create function aisubs_api.session_owner(holder jsonb, idle_s double precision) returns table (owner_id text)
    language plpgsql as $$
#variable_conflict use_column
declare
    found_one aisubs.owner_sessions;
begin
    select s.* into found_one from aisubs.owner_sessions s
    where s.token_hash = any (aisubs_core.token_hashes(holder)) and s.expires_at > now()
    order by s.created_at desc limit 1;
    if found_one.session_id is null then
        return;
    end if;
    if found_one.last_used_at < now() - interval '1 hour' then
        update aisubs.owner_sessions s
        set last_used_at = now(),
            expires_at = case when s.renews then now() + make_interval(secs => idle_s) else s.expires_at end
        where s.session_id = found_one.session_id;
        update aisubs.accounts a set last_seen_at = now() where found_one.owner_id = 'account:' || a.account_id;
    end if;
    return query select found_one.owner_id;
end $$;

-- The sessions of the holder's owner, the one used last first; `current` is the one whose token the holder shows.
create function aisubs_api.list_sessions(holder jsonb) returns setof aisubs_core.session_row
    language sql stable as $$
    select s.session_id, s.device, s.created_at, s.last_used_at, s.expires_at,
        s.token_hash = any (aisubs_core.token_hashes(list_sessions.holder))
    from aisubs.owner_sessions s
    where s.owner_id = list_sessions.holder ->> 'owner_id' and s.expires_at > now()
    order by s.last_used_at desc, s.created_at desc, s.session_id $$;

-- End one of the holder's sessions, or all of them (null). One that is not there is fine.
create function aisubs_api.end_session(holder jsonb, session_id text) returns void language sql volatile as $$
    delete from aisubs.owner_sessions s
    where s.owner_id = end_session.holder ->> 'owner_id'
        and (end_session.session_id is null or s.session_id = aisubs_core.to_job_id(end_session.session_id)) $$;

-- Jobs that the holder holds become those of `owner_id`. Only what is nobody's, or belongs to an anonymous library, is
-- taken: never the job of a signed-in owner. With `revoke` all that other devices may know of them ends: the jobs' own
-- tokens, with them the keys of their announcements, and the names of their live channels. What is kept of voices was
-- for the former owner to know.
create function aisubs_api.claim_jobs(holder jsonb, owner_id text, revoke boolean) returns table (claimed bigint)
    language sql volatile as $$
    with taken as (
        update aisubs.transcription_jobs j
        set owner_id = claim_jobs.owner_id,
            token_hash = case when claim_jobs.revoke then null else j.token_hash end,
            watch_topic = case when claim_jobs.revoke
                then 'job:' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')
                else j.watch_topic end
        where (j.token_hash = any (aisubs_core.token_hashes(claim_jobs.holder))
                or j.owner_id = claim_jobs.holder ->> 'owner_id')
            and (j.owner_id is null or j.owner_id like 'library:%')
            and (j.owner_id is distinct from claim_jobs.owner_id or (claim_jobs.revoke and j.token_hash is not null))
            and j.deleted_at is null
        returning j.job_id
    ), unheard as (
        delete from aisubs.job_voices v using taken where v.job_id = taken.job_id
    )
    select count(*) from taken $$;
