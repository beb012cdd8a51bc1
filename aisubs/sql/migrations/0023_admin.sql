-- What administrators decide: that nothing is started for now, and that a job is next.
alter table aisubs.limits add column paused_at timestamptz;
alter table aisubs.transcription_jobs
    add column raised_at timestamptz,
    drop constraint waiting_for_known,
    add constraint waiting_for_known check (waiting_for is null
        or (waiting_for = 'gpu' and status in ('pending', 'processing'))
        or (waiting_for = 'paused' and status = 'pending'));
