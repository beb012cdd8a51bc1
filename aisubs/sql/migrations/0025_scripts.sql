-- A script takes the place of what was heard, as a stage of its own.
alter table aisubs.transcription_jobs
    drop constraint stage_known,
    add constraint stage_known check (progress_stage in
        ('starting', 'fetching', 'transcribing', 'second_opinion', 'aligning', 'diarizing', 'writing'));
