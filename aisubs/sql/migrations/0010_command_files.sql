-- What `aisubs transcribe` wrote beside recordings, so that a text corrected in the page reaches it.
create table aisubs.command_files (
    path text primary key,                      -- absolute, on the machine of the local edition
    job_id uuid not null references aisubs.transcription_jobs on delete cascade,
    format text not null,
    profile text,                               -- how cues are shaped; null: as the job's options say
    sha256 text not null,                       -- hex, of what was written
    revision integer not null                   -- of the text in it
);
create index command_files_job on aisubs.command_files (job_id);
