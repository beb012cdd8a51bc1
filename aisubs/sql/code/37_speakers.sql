-- Who speaks when: what a diarizer keeps while it listens. The rows hold voice prints, so that only owners get them.

-- The checkpoint of the stage: rows ({seq, start_ms, end_ms, data in base64}), resume state, progress and a sign of
-- life, all or nothing. Rows that are saved already are ignored.
create function aisubs_api.save_speaker_chunks(
    job_id uuid, fence bigint, chunks jsonb, resume_state jsonb, diarized_ms bigint, remaining_ms bigint
) returns void language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.must_lease(job_id, fence);
    further boolean := save_speaker_chunks.diarized_ms > job.diarized_ms;
begin
    insert into aisubs.speaker_chunks (job_id, seq, start_ms, end_ms, data)
    select job.job_id, c.seq, c.start_ms, c.end_ms, decode(c.data, 'base64')
    from jsonb_to_recordset(save_speaker_chunks.chunks) as c (seq integer, start_ms bigint, end_ms bigint, data text)
    on conflict on constraint speaker_chunks_pkey do nothing;
    update aisubs.transcription_jobs j
    set resume_state = save_speaker_chunks.resume_state, worked_at = now(),
        remaining_ms = save_speaker_chunks.remaining_ms, remaining_at = now(),
        fruitless_releases = case when further then 0 else j.fruitless_releases end,
        diarized_ms = greatest(j.diarized_ms, save_speaker_chunks.diarized_ms),
        progress = greatest(j.progress, aisubs_core.percent(j.progress_ms, j.duration_ms, j.options,
            save_speaker_chunks.resume_state, greatest(j.diarized_ms, save_speaker_chunks.diarized_ms)))
    where j.job_id = job.job_id;
end $$;

-- Start over with the speakers: the rows were made by another diarizer.
create function aisubs_api.discard_speaker_chunks(job_id uuid, fence bigint) returns void language plpgsql as $$
begin
    perform aisubs_core.must_lease(discard_speaker_chunks.job_id, discard_speaker_chunks.fence);
    delete from aisubs.speaker_chunks c where c.job_id = discard_speaker_chunks.job_id;
    delete from aisubs.job_voices v where v.job_id = discard_speaker_chunks.job_id;
end $$;

-- Saved rows with seq >= since_seq, in order, for a diarizer to decide from. A cached job reads those of its original.
create type aisubs_core.chunk_row as (seq integer, start_ms bigint, end_ms bigint, data text);
create function aisubs_core.chunks_of(job aisubs.transcription_jobs, since_seq integer, max_rows integer)
    returns setof aisubs_core.chunk_row language sql stable as $$
    select c.seq, c.start_ms, c.end_ms, encode(c.data, 'base64') from aisubs.speaker_chunks c
    where c.job_id = coalesce(chunks_of.job.result_job_id, chunks_of.job.job_id) and c.seq >= chunks_of.since_seq
    order by c.seq limit chunks_of.max_rows $$;

-- Those of the holder's own job: by a link nobody gets voices.
create function aisubs_api.read_speaker_chunks(job_id text, holder jsonb, since_seq integer, max_rows integer)
    returns setof aisubs_core.chunk_row language plpgsql stable as $$
declare
    job aisubs.transcription_jobs := aisubs_core.held_job(job_id, holder);
begin
    return query select * from aisubs_core.chunks_of(job, since_seq, max_rows);
end $$;

-- Those of the job that this worker has; a sign of life, too.
create function aisubs_api.read_claimed_speaker_chunks(
    job_id uuid, fence bigint, since_seq integer, max_rows integer
) returns setof aisubs_core.chunk_row language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.must_lease(job_id, fence);
begin
    return query select * from aisubs_core.chunks_of(job, since_seq, max_rows);
end $$;

-- Who speaks when in what was published, [[start_ms, end_ms, speaker], ...]; null where nobody wanted to know. Of a
-- corrected text it is history, as the windows are.
create function aisubs_api.read_turns(job_id text, holder jsonb) returns table (turns jsonb)
    language plpgsql stable as $$
declare
    job aisubs.transcription_jobs := aisubs_core.seen_as_written(job_id, holder);
begin
    return query select r.turns from aisubs.job_results r where r.job_id = job.result_job_id;
end $$;
