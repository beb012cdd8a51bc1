-- Read-only links. Their owner makes, lists and revokes them; whoever has one reads by it (seen_job in 15_shown.sql).

-- When the link ends at the latest, as people are told: with its job, if not before.
create function aisubs_core.ends_at(share aisubs.job_shares) returns timestamptz language sql stable as $$
    select least(share.expires_at, (
        select aisubs_core.expires_at(j, l.retention_hours)
        from aisubs.transcription_jobs j cross join aisubs.limits l where j.job_id = share.job_id)) $$;

-- A link as its owner sees it; never the token.
create type aisubs_core.share_row as (
    share_id uuid, created_at timestamptz, expires_at timestamptz, include_media boolean, opened bigint,
    revoked_at timestamptz, include_history boolean
);
create function aisubs_core.show_share(share aisubs.job_shares) returns aisubs_core.share_row language sql stable as $$
    select row(share.share_id, share.created_at, aisubs_core.ends_at(share), share.include_media, share.opened,
        share.revoked_at, share.include_history)::aisubs_core.share_row $$;

-- A new link. The same token again (a lost answer) returns the one made before. What is over is kept for the list, the
-- newest 50 of it.
create function aisubs_api.create_share(
    job_id text, holder jsonb, token_hash text, expires_in_s double precision, include_media boolean,
    include_history boolean default false
) returns setof aisubs_core.share_row language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_held_job(job_id, holder);
begin
    if not exists (select from aisubs.job_shares s
        where s.token_hash = create_share.token_hash and s.job_id = job.job_id) then
        if 50 <= (select count(*) from aisubs.job_shares s
            where s.job_id = job.job_id and not aisubs_core.is_over(s)) then
            perform aisubs_core.refuse('too_many_shares', jsonb_build_object('limit', 50));
        end if;
        delete from aisubs.job_shares s where s.share_id in (
            select o.share_id from aisubs.job_shares o where o.job_id = job.job_id and aisubs_core.is_over(o)
            order by o.created_at desc offset 49);
        insert into aisubs.job_shares (job_id, token_hash, expires_at, include_media, include_history)
        values (job.job_id, create_share.token_hash,
            now() + make_interval(secs => create_share.expires_in_s), create_share.include_media,
            create_share.include_history);
    end if;
    return query select shown.* from aisubs.job_shares s, aisubs_core.show_share(s) shown
        where s.token_hash = create_share.token_hash;
end $$;

-- All links of a job, newest first.
create function aisubs_api.list_shares(job_id text, holder jsonb) returns setof aisubs_core.share_row
    language plpgsql stable as $$
declare
    job aisubs.transcription_jobs := aisubs_core.held_job(job_id, holder);
begin
    return query select shown.* from aisubs.job_shares s, aisubs_core.show_share(s) shown
        where s.job_id = job.job_id order by s.created_at desc, s.share_id;
end $$;

-- End a link, at once: pages that watch by it are told. Revoking it again is fine.
create function aisubs_api.revoke_share(job_id text, holder jsonb, share_id text) returns void language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_held_job(job_id, holder);
    share aisubs.job_shares;
begin
    select * into share from aisubs.job_shares s
    where s.share_id = aisubs_core.to_job_id(revoke_share.share_id) and s.job_id = job.job_id;
    if not found then
        perform aisubs_core.refuse('not_found');
    elsif share.revoked_at is null then
        update aisubs.job_shares s set revoked_at = now() where s.share_id = share.share_id;
        perform aisubs_core.announce_revoked(share.share_id);
    end if;
end $$;

-- Somebody opens a link: to which job it leads. Over, revoked, or never made: all the same.
create function aisubs_api.open_share(holder jsonb)
    returns table (job_id uuid, share_id uuid, expires_at timestamptz, include_media boolean, include_history boolean)
    language plpgsql as $$
#variable_conflict use_column
declare
    share aisubs.job_shares;
begin
    select s.* into share from aisubs.transcription_jobs j join aisubs.job_shares s using (job_id)
    where s.token_hash = any (aisubs_core.token_hashes(open_share.holder))
        and j.deleted_at is null and not aisubs_core.is_over(s)
    order by s.created_at desc limit 1;
    update aisubs.job_shares s set opened = s.opened + 1
    where s.share_id = share.share_id
        and not aisubs_core.is_over(s);  -- it may have been revoked while we waited for the row
    if not found then
        perform aisubs_core.refuse('share_over');
    end if;
    return query select share.job_id, share.share_id, aisubs_core.ends_at(share), share.include_media,
        share.include_history;
end $$;
