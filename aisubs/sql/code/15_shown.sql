-- What callers get to see: the order of the line, a job as its holder sees it, and who holds what.

-- A job as the API shows it (aisubs/model/job.py Job). No token, no resume state, no transcript.
create type aisubs_core.job_row as (
    job_id uuid, status text, version bigint, progress integer, progress_ms bigint, progress_stage text,
    progress_message text, duration_ms bigint, waiting_for text, "position" bigint, eta_s double precision,
    filename text, file_size_bytes bigint, content_type text, source text, options jsonb, language text,
    error_code text, error_message text, retryable boolean, cached boolean, cached_at timestamptz, retry_count integer,
    windows integer, created_at timestamptz, started_at timestamptz, completed_at timestamptz, last_seen timestamptz,
    expires_at timestamptz, watch_topic text, object_name text, audio_track jsonb, title text, tags text[],
    kept boolean, revision integer, edited_at timestamptz, warn_at timestamptz, losses jsonb, second_opinion jsonb,
    second_passes jsonb, diarization jsonb, alignment jsonb,
    worked_s double precision, waiting_until timestamptz,
    total bigint  -- only list_jobs fills it: rows over all pages
);

-- The line of pending jobs, in the order in which they would start if every start took the next free slot.
-- Fair: each lane (see the column) gets its turns in rotation. Its n-th waiting job has turn n, plus what the lane has
-- running already; among equal turns the lane that was served longest ago comes first, then the oldest job.
-- Jobs in backoff stand behind all that are due; those that an administrator has raised, in front, the first raised
-- first.
create function aisubs_core.waiting_line() returns table (job_id uuid, due boolean, "position" bigint)
    language sql stable as $$
with waiting as materialized (
    select j.job_id, j.lane, j.created_at, j.raised_at, coalesce(j.not_before <= now(), true) as due
    from aisubs.transcription_jobs j where j.status = 'pending'
), lanes as materialized (
    select w.lane,
        (select count(*) from aisubs.transcription_jobs r where r.lane = w.lane and r.status = 'processing') as running,
        (select max(s.dispatched_at) from aisubs.transcription_jobs s where s.lane = w.lane) as served_at
    from (select distinct lane from waiting) w
), turns as (
    select w.job_id, w.due, w.created_at, w.raised_at, l.served_at,
        l.running + row_number() over (partition by w.lane order by w.due desc, w.created_at, w.job_id) as turn
    from waiting w join lanes l using (lane)
)
select t.job_id, t.due, row_number() over (
    order by t.due desc, t.raised_at, t.turn, t.served_at nulls first, t.created_at, t.job_id) as "position"
from turns t $$;

-- Which of several audio tracks is heard (aisubs/model/audio_track.py), or that each channel of one is; null where
-- there is nothing to choose from, or nothing heard yet.
create function aisubs_core.audio_track(resume_state jsonb) returns jsonb language sql immutable as $$
    select resume_state -> 'track' where (resume_state -> 'track' ->> 'of')::integer > 1
        or aisubs_core.in_turn(resume_state) > 1 $$;

-- What came of a second opinion (aisubs/model/second_opinion.py); null where none was wanted, or it has not begun.
create function aisubs_core.second_opinion(resume_state jsonb) returns jsonb language sql immutable as $$
    select resume_state -> 'second' where jsonb_typeof(resume_state -> 'second') = 'object' $$;

-- How often the model was asked again, and why (aisubs/model/second_passes.py); null where it never was.
create function aisubs_core.second_passes(resume_state jsonb) returns jsonb language sql immutable as $$
    select resume_state -> 'second_passes' where (resume_state #>> '{second_passes,passes}')::integer > 0 $$;

-- What came of telling speakers apart (aisubs/model/diarization.py); null where nobody wanted it, or it has not begun.
create function aisubs_core.diarization(resume_state jsonb) returns jsonb language sql immutable as $$
    select resume_state -> 'speakers' where jsonb_typeof(resume_state -> 'speakers') = 'object' $$;

-- What became of a script (aisubs/model/alignment.py); null where there is none, or it is not its turn yet.
create function aisubs_core.alignment(resume_state jsonb) returns jsonb language sql immutable as $$
    select resume_state -> 'alignment' where jsonb_typeof(resume_state -> 'alignment') = 'object' $$;

-- How far the transcript has come, of the length of the recording: where that is gone through more than once, by each
-- time as much less.
create function aisubs_core.shown_progress_ms(job aisubs.transcription_jobs) returns bigint language sql immutable as $$
    select case when aisubs_core.in_turn(job.resume_state) = 1 then job.progress_ms
        when job.status = 'completed' then job.duration_ms
        else job.progress_ms / aisubs_core.in_turn(job.resume_state) end $$;

-- When retention takes a job; null: it is kept.
create function aisubs_core.expires_at(job aisubs.transcription_jobs, retention_hours double precision)
    returns timestamptz language sql stable as $$
    select case when job.kept_at is null then
        coalesce(job.unkept_at, job.created_at) + make_interval(secs => retention_hours * 3600) end $$;

-- From when on people are to be warned that work of theirs goes: two days before, or half the time there is. Null where
-- nobody has corrected the text, or it is kept.
create function aisubs_core.warn_at(job aisubs.transcription_jobs, retention_hours double precision)
    returns timestamptz language sql stable as $$
    select case when job.revision > 0 then aisubs_core.expires_at(job, retention_hours)
        - make_interval(secs => least(48, retention_hours / 2) * 3600) end $$;

-- Jobs as their holders see them, with place in line and estimate. The order of the rows is not defined.
create function aisubs_core.show(job_ids uuid[]) returns setof aisubs_core.job_row language sql stable as $$
    with asked as (
        select j as job from aisubs.transcription_jobs j where j.job_id = any (show.job_ids)
    ), limits as (
        select *, aisubs_core.spent_until() as spent_until from aisubs.limits
    ), asked_of as (
        select exists (select from asked a where (a.job).status in ('pending', 'processing')) as work,
            exists (select from asked a where (a.job).status = 'pending') as line
    ), work as materialized (  -- only paid for when somebody in it is asked about, as is the line
        select * from aisubs_core.work_left() w where (select work from asked_of)
    ), running as materialized (
        select count(*) as jobs, count(*) = count(w.work_s) as known, coalesce(sum(w.work_s), 0) as work_s
        from work w where w.status = 'processing'
    ), line as materialized (
        select l.job_id, l.position, coalesce(sum(w.work_s) over ahead, 0) as ahead_s,
            count(*) over ahead = count(w.work_s) over ahead as known
        from aisubs_core.waiting_line() l join work w using (job_id)
        where (select line from asked_of)
        window ahead as (order by l.position rows between unbounded preceding and 1 preceding)
    )
    select (a.job).job_id, (a.job).status, (a.job).version, (a.job).progress,
        aisubs_core.shown_progress_ms(a.job),
        (a.job).progress_stage, (a.job).progress_message, (a.job).duration_ms,
        case when (a.job).status = 'pending' then
            coalesce(case when limits.paused_at is not null then 'paused'
                    when limits.spent_until is not null then 'budget' end, (a.job).waiting_for,
                case when running.jobs >= limits.concurrency then 'slot' end)
            else (a.job).waiting_for end,
        line.position,
        case (a.job).status
            when 'processing' then work.work_s
            -- (What is unknown stays so, for the wait is outside of `greatest`.)
            when 'pending' then case when limits.spent_until is null and limits.paused_at is null then
                work.work_s + turn.wait_s + greatest(0, backoff.s - turn.wait_s) end
            end,
        (a.job).filename, (a.job).file_size_bytes, (a.job).content_type, (a.job).source, (a.job).options,
        (a.job).language, (a.job).error_code, (a.job).error_message, (a.job).retryable,
        (a.job).cached_at is not null, (a.job).cached_at, (a.job).retry_count, (a.job).windows, (a.job).created_at,
        (a.job).started_at, (a.job).completed_at, (a.job).last_seen,
        aisubs_core.expires_at(a.job, limits.retention_hours), (a.job).watch_topic, (a.job).object_name,
        aisubs_core.audio_track((a.job).resume_state), (a.job).title, (a.job).tags, (a.job).kept_at is not null,
        (a.job).revision, (a.job).edited_at, aisubs_core.warn_at(a.job, limits.retention_hours),
        (select r.losses from aisubs.job_results r where r.job_id = (a.job).result_job_id),
        aisubs_core.second_opinion((a.job).resume_state), aisubs_core.second_passes((a.job).resume_state),
        aisubs_core.diarization((a.job).resume_state), aisubs_core.alignment((a.job).resume_state),
        -- With what the worker that has it now has had so far.
        (a.job).worked_s + coalesce(extract(epoch from now() - (a.job).attempt_at), 0)::double precision,
        case when (a.job).status = 'pending' then limits.spent_until end,
        null::bigint
    from asked a cross join limits cross join running
        cross join lateral (select greatest(0, extract(epoch from (a.job).not_before - now())) as s) backoff
        left join work on work.job_id = (a.job).job_id
        left join line on line.job_id = (a.job).job_id
        cross join lateral aisubs_core.wait_s(running.jobs, line.position,
            case when running.known and line.known then running.work_s + line.ahead_s end, limits.concurrency)
            as turn (wait_s) $$;

create function aisubs_core.token_hashes(holder jsonb) returns text[] language sql immutable as $$
    select array(select jsonb_array_elements_text(coalesce(holder -> 'token_hashes', '[]'))) $$;

-- Who is signed in, which an anonymous library is not: null.
create function aisubs_core.signed_in(holder jsonb) returns text language sql immutable as $$
    select holder ->> 'owner_id' where holder ->> 'owner_id' not like 'library:%' $$;

-- Does the holder {token_hashes, owner_id} have a right to the job? Only hashes are ever compared.
create function aisubs_core.holds(holder jsonb, job aisubs.transcription_jobs) returns boolean
    language sql immutable as $$
    select coalesce(job.token_hash = any (aisubs_core.token_hashes(holder)), false)
        or coalesce(job.owner_id = holder ->> 'owner_id', false) $$;

-- Do two jobs belong to the same: by owner, else by the token that opens both. What was dropped without either is the
-- house's. Only between such jobs is a result ever shared.
create function aisubs_core.same_owner(one aisubs.transcription_jobs, other aisubs.transcription_jobs) returns boolean
    language sql immutable as $$
    select case when one.owner_id is not null or other.owner_id is not null
            then coalesce(one.owner_id = other.owner_id, false)
        else one.token_hash is not distinct from other.token_hash end $$;

-- Has this link been revoked, or has its time come?
create function aisubs_core.is_over(share aisubs.job_shares) returns boolean language sql stable as $$
    select share.revoked_at is not null or coalesce(share.expires_at <= now(), false) $$;

-- The job, if the holder has a right to read it: as its owner (`share` is null), or by a link. A wrong token, a
-- tombstone and an id that never was look the same; but whoever shows a link that is over learns that.
create function aisubs_core.seen_job(
    job_id text, holder jsonb, out job aisubs.transcription_jobs, out share aisubs.job_shares
) language plpgsql stable as $$
begin
    select * into job from aisubs.transcription_jobs j where j.job_id = aisubs_core.to_job_id(seen_job.job_id);
    if found and job.deleted_at is null and aisubs_core.holds(seen_job.holder, job) then
        return;
    end if;
    select * into share from aisubs.job_shares s
    where s.job_id = job.job_id and s.token_hash = any (aisubs_core.token_hashes(seen_job.holder))
    order by aisubs_core.is_over(s), s.include_media desc, s.created_at limit 1;  -- the best of several
    if not found then
        perform aisubs_core.refuse('job_not_found');
    elsif job.deleted_at is not null or aisubs_core.is_over(share) then
        perform aisubs_core.refuse('share_over');
    end if;
end $$;

-- The holder's owner. Raises `refusal`, the error of what whoever holds single jobs only has no place for.
create function aisubs_core.owner_of(holder jsonb, refusal text) returns text language plpgsql stable as $$
begin
    if holder ->> 'owner_id' is null then
        perform aisubs_core.refuse(refusal);
    end if;
    return holder ->> 'owner_id';
end $$;

-- The job, if it is the holder's own. Everything that writes asks this: by a link one only reads.
create function aisubs_core.held_job(job_id text, holder jsonb) returns aisubs.transcription_jobs
    language plpgsql stable as $$
declare
    seen record;
begin
    seen := aisubs_core.seen_job(held_job.job_id, held_job.holder);
    if (seen.share).share_id is not null then
        perform aisubs_core.refuse('read_only');
    end if;
    return seen.job;
end $$;

-- Null for what is no UUID: such an id is simply not found.
create function aisubs_core.to_job_id(job_id text) returns uuid language sql immutable as $$
    select case when job_id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then job_id::uuid end $$;

-- By a link one reads what its owner shows now: what was taken out of the text stays the owner's, unless the link was
-- made with the history. A null link is the owner.
create function aisubs_core.must_share_history(share aisubs.job_shares) returns void language plpgsql stable as $$
begin
    if not share.include_history then
        perform aisubs_core.refuse('history_not_shared');
    end if;
end $$;

-- May the holder read what the text was before its corrections? Asked for answers that are cached.
create function aisubs_api.check_history(job_id text, holder jsonb) returns void language sql stable as $$
    select aisubs_core.must_share_history((aisubs_core.seen_job(check_history.job_id, check_history.holder)).share) $$;

-- The job, if the holder may read what the machine wrote of it: of a corrected text that is history.
create function aisubs_core.seen_as_written(job_id text, holder jsonb) returns aisubs.transcription_jobs
    language plpgsql stable as $$
declare
    seen record := aisubs_core.seen_job(job_id, holder);
begin
    if (seen.job).revision > 0 then
        perform aisubs_core.must_share_history(seen.share);
    end if;
    return seen.job;
end $$;

-- Of these jobs (a JSON array of ids), those that are the holder's own.
create function aisubs_api.held_among(job_ids jsonb, holder jsonb) returns table (job_id uuid)
    language sql stable as $$
    select j.job_id from aisubs.transcription_jobs j
    where j.job_id in (select aisubs_core.to_job_id(id) from jsonb_array_elements_text(held_among.job_ids) id)
        and j.deleted_at is null and aisubs_core.holds(held_among.holder, j) $$;
