-- What people make of a job in their library: its name, its tags, whether it is kept, how far its text was corrected.
alter table aisubs.transcription_jobs
    add column title text,                          -- null: the file's name
    add column tags text[] not null default '{}',
    add column kept_at timestamptz,                 -- exempt from retention since then
    add column unkept_at timestamptz,               -- retention counts from here, if it ever was exempt
    add column revision integer not null default 0, -- the newest of transcript_edits; 0: the machine's text
    add column edited_at timestamptz,               -- when that was saved
    add constraint title_is_short check (length(title) between 1 and 200),
    add constraint tags_are_few check (cardinality(tags) <= 20);

update aisubs.transcription_jobs j set revision = e.revision, edited_at = e.saved_at
from aisubs.transcript_edits e where e.job_id = j.job_id;

drop index aisubs.jobs_retention;
create index jobs_retention on aisubs.transcription_jobs (created_at)
    where deleted_at is null and kept_at is null and status <> 'processing';
