-- How far the second opinion on a finished text has come; it counts as getting further, as `progress_ms` does.
alter table aisubs.transcription_jobs
    add column reviewed_ms bigint not null default 0,
    drop constraint stage_known,
    add constraint stage_known check (progress_stage in
        ('starting', 'fetching', 'transcribing', 'second_opinion', 'diarizing', 'writing'));
