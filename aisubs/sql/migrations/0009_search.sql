-- An index of all texts, made of what stands elsewhere: it may be thrown away and is made again.
create table aisubs.text_index (
    job_id uuid not null references aisubs.transcription_jobs on delete cascade,
    seq integer not null,
    start_ms bigint not null,
    paragraph jsonb,                            -- of a corrected text; null: window `seq` of the machine's
    words tsvector not null,
    primary key (job_id, seq)
);
create index text_index_words on aisubs.text_index using gin (words);

alter table aisubs.transcription_jobs add column indexed_revision integer;  -- which text the index holds; null: none
create index jobs_unindexed on aisubs.transcription_jobs (completed_at)
    where status = 'completed' and deleted_at is null and indexed_revision is distinct from revision;
