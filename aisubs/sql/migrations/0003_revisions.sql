-- What people made of a transcript: the text as it stands, and what undoes each step on the way there. The machine's
-- text is revision 0 and not kept here: it is made from the windows.

-- The newest text of a job that was edited. `json` and not `jsonb`: nobody looks inside, and it stays as written.
create table aisubs.transcript_edits (
    job_id uuid primary key references aisubs.transcription_jobs on delete cascade,
    revision integer not null check (revision > 0),
    document json not null,                     -- model/document.py Document
    saved_at timestamptz not null default now()
);

-- The way back, one step each: `undo` makes the text of `revision` into that of the one before.
create table aisubs.transcript_revisions (
    job_id uuid not null references aisubs.transcript_edits on delete cascade,
    revision integer not null check (revision > 0),
    saved_at timestamptz not null,
    changes integer not null check (changes >= 0),  -- paragraphs and names touched, for people
    restored_from integer,                          -- the revision whose text it took over
    undo json not null,                             -- model/operations.py Operation, in order
    undo_bytes integer not null check (undo_bytes >= 0),
    primary key (job_id, revision)
);
