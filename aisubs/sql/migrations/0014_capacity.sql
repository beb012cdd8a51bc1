-- A start that was accepted and found no machine yet is waiting, not failing: since when, and that it does while it is
-- being started as well as in line.
alter table aisubs.transcription_jobs
    add column waiting_since timestamptz,
    drop constraint waiting_for_known,
    add constraint waiting_for_known check (waiting_for is null
        or (waiting_for = 'gpu' and status in ('pending', 'processing')));
