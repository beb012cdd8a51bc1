-- Who speaks when: what a diarizer keeps while it listens. The rows hold voice prints, so nothing here is for holders.

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
            greatest(j.diarized_ms, save_speaker_chunks.diarized_ms)))
    where j.job_id = job.job_id;
end $$;

-- Start over with the speakers: the rows were made by another diarizer.
create function aisubs_api.discard_speaker_chunks(job_id uuid, fence bigint) returns void language plpgsql as $$
begin
    perform aisubs_core.must_lease(discard_speaker_chunks.job_id, discard_speaker_chunks.fence);
    delete from aisubs.speaker_chunks c where c.job_id = discard_speaker_chunks.job_id;
end $$;

-- Saved rows with seq >= since_seq, in order, for a diarizer to decide from. A cached job reads those of its original.
create function aisubs_api.read_speaker_chunks(job_id uuid, since_seq integer, max_rows integer)
    returns table (seq integer, start_ms bigint, end_ms bigint, data text) language sql stable as $$
    select c.seq, c.start_ms, c.end_ms, encode(c.data, 'base64')
    from aisubs.transcription_jobs j join aisubs.speaker_chunks c on c.job_id = coalesce(j.result_job_id, j.job_id)
    where j.job_id = read_speaker_chunks.job_id and j.deleted_at is null and aisubs_core.is_mine(j.credential)
        and c.seq >= read_speaker_chunks.since_seq
    order by c.seq limit max_rows $$;

-- Who speaks when in what was published, [[start_ms, end_ms, speaker], ...]; null where nobody wanted to know.
create function aisubs_api.read_turns(job_id uuid) returns table (turns jsonb) language sql stable as $$
    select r.turns from aisubs.transcription_jobs j join aisubs.job_results r on r.job_id = j.result_job_id
    where j.job_id = read_turns.job_id and j.deleted_at is null $$;
