-- What was said, as it is read: by people with a holder (40_owner.sql, 45_revisions.sql), by a worker with its fence,
-- and by the house for what it puts beside dropped files. Nothing else reads a text.

create type aisubs_core.window_row as (
    seq integer, start_ms bigint, end_ms bigint, speech_ms bigint, speech jsonb, segments jsonb, damage jsonb);
create function aisubs_core.windows_of(job aisubs.transcription_jobs, since_seq integer, max_rows integer)
    returns setof aisubs_core.window_row language sql stable as $$
    select w.seq, w.start_ms, w.end_ms, w.speech_ms, w.speech, w.segments, w.damage
    from aisubs.transcript_windows w
    where w.job_id = coalesce(windows_of.job.result_job_id, windows_of.job.job_id) and w.seq >= windows_of.since_seq
    order by w.seq limit windows_of.max_rows $$;

create type aisubs_core.result_row as (
    files jsonb, coverage jsonb, language text, duration_ms bigint, model text, fence bigint);
create function aisubs_core.result_of(job aisubs.transcription_jobs) returns setof aisubs_core.result_row
    language sql stable as $$
    select r.files, r.coverage, r.language, r.duration_ms, r.model, r.fence
    from aisubs.job_results r where r.job_id = result_of.job.result_job_id $$;

-- The newest text, and the steps that lead back from it to `revision` (null: none), the first to be taken first. No
-- row: nobody has edited it.
create type aisubs_core.text_row as (newest integer, document json, undo json);
create function aisubs_core.text_of(job aisubs.transcription_jobs, revision integer, language text default '')
    returns setof aisubs_core.text_row language sql stable as $$
    select e.revision, e.document, (
        select coalesce(json_agg(r.undo order by r.revision desc), '[]') from aisubs.transcript_revisions r
        where r.job_id = e.job_id and r.language = e.language and r.revision > text_of.revision)
    from aisubs.transcript_edits e where e.job_id = text_of.job.job_id and e.language = text_of.language $$;

-- What this worker has saved of its own job; a sign of life, too.
create function aisubs_api.read_claimed_windows(job_id uuid, fence bigint, since_seq integer, max_rows integer)
    returns setof aisubs_core.window_row language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.must_lease(job_id, fence);
begin
    return query select * from aisubs_core.windows_of(job, since_seq, max_rows);
end $$;

-- A job whose files the house itself writes: what was dropped or came by a command. What people have sent is theirs.
create function aisubs_core.house_job(job_id uuid) returns aisubs.transcription_jobs language sql stable as $$
    select j from aisubs.transcription_jobs j
    where j.job_id = house_job.job_id and j.deleted_at is null and j.source <> 'web'
        and aisubs_core.is_mine(j.credential) $$;

-- Its windows, as read_windows has them.
create function aisubs_api.house_windows(job_id uuid, since_seq integer, max_rows integer)
    returns setof aisubs_core.window_row language sql stable as $$
    select w.* from aisubs_core.windows_of(aisubs_core.house_job(job_id), since_seq, max_rows) w $$;

-- What was published, as get_result has it.
create function aisubs_api.house_result(job_id uuid) returns setof aisubs_core.result_row language sql stable as $$
    select r.* from aisubs_core.result_of(aisubs_core.house_job(job_id)) r $$;

-- Its newest text and the steps back, as read_revision has them.
create function aisubs_api.house_text(job_id uuid, revision integer default null)
    returns setof aisubs_core.text_row language sql stable as $$
    select t.* from aisubs_core.text_of(aisubs_core.house_job(job_id), revision) t $$;

-- Who speaks when, as read_turns has it.
create function aisubs_api.house_turns(job_id uuid) returns table (turns jsonb) language sql stable as $$
    select r.turns from aisubs.job_results r
    where r.job_id = (aisubs_core.house_job(house_turns.job_id)).result_job_id $$;
