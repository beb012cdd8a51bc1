-- What a diarizer keeps of the sound, to decide from who spoke when (aisubs/ports/diarizer.py). It holds voice prints:
-- no function shows it to a holder, and it goes with its job.
create table aisubs.speaker_chunks (
    job_id uuid not null references aisubs.transcription_jobs on delete cascade,
    seq integer not null check (seq >= 0),
    start_ms bigint not null check (start_ms >= 0),
    end_ms bigint not null,
    data bytea not null,
    primary key (job_id, seq),
    constraint chunk_has_length check (end_ms > start_ms)
);

-- How far telling speakers apart has come; it counts as getting further, as `progress_ms` does, and never falls.
alter table aisubs.transcription_jobs add column diarized_ms bigint not null default 0;

-- Who spoke when in what was published: [[start_ms, end_ms, speaker], ...].
alter table aisubs.job_results add column turns jsonb;
