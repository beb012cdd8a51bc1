-- Videos with subtitles: asked for by owners, made one after the other by whoever claims them (a loop of the local
-- edition) under a lease and a fence, as translations are, and nobody else's but the owner's. What is put in is fixed
-- when it is asked for; the copies themselves are objects of the job (41_deletions.sql).

create type aisubs_core.copy_row as (
    copy_id uuid, kind text, profile text, language text, revision integer, state text, progress integer,
    size_bytes bigint, error_code text, error_message text, requested_at timestamptz, finished_at timestamptz,
    object_name text, recording text, title text);

create function aisubs_core.copies_of(job aisubs.transcription_jobs, copy_id uuid default null)
    returns setof aisubs_core.copy_row language sql stable as $$
    select c.copy_id, c.kind, c.profile, c.language, c.revision, c.state, c.progress, c.size_bytes, c.error_code,
        c.error_message, c.requested_at, c.finished_at, aisubs_core.object_of(c), job.filename, job.title
    from aisubs.video_copies c
    where c.job_id = job.job_id and (copies_of.copy_id is null or c.copy_id = copies_of.copy_id)
    order by c.requested_at, c.copy_id $$;

-- Ask for a copy, or to make it anew where its subtitles are others by now or it has failed. One that is being made,
-- and one with these very subtitles, stay as they are. `at_most` of a job are kept, and `open_at_most` of an owner
-- are made at a time.
create function aisubs_api.request_video_copy(
    job_id text, holder jsonb, kind text, profile text, language text, revision integer, subtitles text,
    at_most integer, open_at_most integer
) returns setof aisubs_core.copy_row language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_held_job(job_id, holder);
    known aisubs.video_copies;
    under_way bigint;
begin
    if job.status <> 'completed' then
        perform aisubs_core.refuse('not_finished', jsonb_build_object('status', job.status));
    end if;
    perform aisubs_core.lock_admission();
    select * into known from aisubs.video_copies c
    where c.job_id = job.job_id and c.kind = request_video_copy.kind and c.profile = request_video_copy.profile
        and c.language = request_video_copy.language for update;
    if known.state in ('waiting', 'working')
        or known.state = 'completed' and known.made_of = md5(request_video_copy.subtitles) then
        return query select * from aisubs_core.copies_of(job, known.copy_id);
        return;
    end if;
    if known.copy_id is null
        and (select count(*) from aisubs.video_copies c where c.job_id = job.job_id) >= at_most then
        perform aisubs_core.refuse('too_many_copies', jsonb_build_object('limit', at_most));
    end if;
    select count(*) into under_way from aisubs.video_copies c join aisubs.transcription_jobs j on j.job_id = c.job_id
    where c.state in ('waiting', 'working') and aisubs_core.same_owner(j, job);
    if under_way >= open_at_most then
        perform aisubs_core.refuse('copies_waiting',
            jsonb_build_object('active', under_way, 'limit', open_at_most));
    end if;
    insert into aisubs.video_copies as c (job_id, kind, profile, language, revision, made_of, subtitles)
    values (job.job_id, request_video_copy.kind, request_video_copy.profile, request_video_copy.language,
        request_video_copy.revision, md5(request_video_copy.subtitles), request_video_copy.subtitles)
    on conflict on constraint copied_once do update set
        state = 'waiting', revision = excluded.revision, made_of = excluded.made_of,
        subtitles = excluded.subtitles, fence = c.fence + 1, leased_until = null, attempts = 0, progress = 0,
        size_bytes = null, error_code = null, error_message = null, requested_at = now(), finished_at = null
    returning c.* into known;
    return query select * from aisubs_core.copies_of(job, known.copy_id);
end $$;

-- The copies of a job, or one of them.
create function aisubs_api.list_video_copies(job_id text, holder jsonb, copy_id uuid default null)
    returns setof aisubs_core.copy_row language plpgsql stable as $$
declare
    job aisubs.transcription_jobs := aisubs_core.held_job(job_id, holder);
begin
    return query select * from aisubs_core.copies_of(job, list_video_copies.copy_id);
    if not found and list_video_copies.copy_id is not null then
        perform aisubs_core.refuse('not_found');
    end if;
end $$;

-- Delete a copy; whoever is making it learns that at its next word. Raises `not_found`.
create function aisubs_api.delete_video_copy(job_id text, holder jsonb, copy_id uuid) returns void
    language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_held_job(job_id, holder);
begin
    delete from aisubs.video_copies c
    where c.job_id = job.job_id and c.copy_id = delete_video_copy.copy_id;
    if not found then
        perform aisubs_core.refuse('not_found');
    end if;
end $$;

-- Take what waits, or was left by somebody who is silent for too long, which counts as cut short. No row: nothing to
-- do.
create function aisubs_api.claim_video_copy(lease_s double precision) returns table (
    job_id uuid, copy_id uuid, fence bigint, kind text, language text, subtitles text, attempts integer,
    target text, filename text, duration_ms bigint, bucket text, object_name text, generation bigint
) language plpgsql as $$
declare
    taken aisubs.video_copies;
    job aisubs.transcription_jobs;
begin
    select c.* into taken from aisubs.video_copies c join aisubs.transcription_jobs j on j.job_id = c.job_id
    where c.state in ('waiting', 'working') and j.deleted_at is null and coalesce(c.leased_until <= now(), true)
    order by c.requested_at, c.copy_id limit 1 for update of c skip locked;
    if not found then
        return;
    end if;
    update aisubs.video_copies c
    set state = 'working', fence = c.fence + 1, leased_until = now() + make_interval(secs => lease_s), progress = 0,
        attempts = c.attempts + (c.state = 'working')::integer
    where c.copy_id = taken.copy_id returning * into taken;
    select * into job from aisubs.transcription_jobs j where j.job_id = taken.job_id;
    return query select taken.job_id, taken.copy_id, taken.fence, taken.kind, taken.language, taken.subtitles,
        taken.attempts, aisubs_core.object_of(taken), job.filename, job.duration_ms, r.bucket, r.object_name,
        r.generation
        from (select 1) one left join aisubs_core.recording_of(job) r on true;
end $$;

-- The row, locked, if it is still this claim's. Raises `lost_lease`.
create function aisubs_core.must_copy(job_id uuid, copy_id uuid, fence bigint) returns aisubs.video_copies
    language plpgsql as $$
declare
    claimed aisubs.video_copies;
begin
    select c.* into claimed from aisubs.video_copies c join aisubs.transcription_jobs j on j.job_id = c.job_id
    where c.job_id = must_copy.job_id and c.copy_id = must_copy.copy_id and c.fence = must_copy.fence
        and c.state = 'working' and j.deleted_at is null
    for update of c;
    if not found then
        perform aisubs_core.refuse('lost_lease');
    end if;
    return claimed;
end $$;

-- How far it is, in percent; the lease begins anew.
create function aisubs_api.renew_video_copy(
    job_id uuid, copy_id uuid, fence bigint, progress integer, lease_s double precision
) returns void language plpgsql as $$
declare
    claimed aisubs.video_copies := aisubs_core.must_copy(job_id, copy_id, fence);
begin
    update aisubs.video_copies c
    set leased_until = now() + make_interval(secs => lease_s),
        progress = greatest(c.progress, least(100, renew_video_copy.progress))
    where c.copy_id = claimed.copy_id;
end $$;

-- The end of a claim: `completed` with a size, `failed`, or `waiting` for whoever comes next, after `retry_in_s`.
-- Without an error nobody has failed: it is handed over.
create function aisubs_api.end_video_copy(
    job_id uuid, copy_id uuid, fence bigint, state text, size_bytes bigint, error_code text, error_message text,
    retry_in_s double precision
) returns void language plpgsql as $$
declare
    claimed aisubs.video_copies := aisubs_core.must_copy(job_id, copy_id, fence);
begin
    update aisubs.video_copies c
    set state = end_video_copy.state, size_bytes = end_video_copy.size_bytes, error_code = end_video_copy.error_code,
        error_message = end_video_copy.error_message,
        progress = case end_video_copy.state when 'completed' then 100 when 'waiting' then 0 else c.progress end,
        attempts = c.attempts + (end_video_copy.error_code is not null)::integer,
        subtitles = case when end_video_copy.state = 'waiting' then c.subtitles end,
        leased_until = case when end_video_copy.state = 'waiting' then now() + make_interval(secs => retry_in_s) end,
        finished_at = case when end_video_copy.state <> 'waiting' then now() end
    where c.copy_id = claimed.copy_id;
end $$;
