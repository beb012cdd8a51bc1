-- What became of a deleted job: figures, and no word of it.
create table aisubs.deletions (
    job_id uuid primary key,
    owner_id text,                              -- whose it was, who may read this; null once the owner is gone as well
    token_hash text,                            -- of the job's own token, which may read this too
    deleted_at timestamptz not null default now(),
    deleted_by text not null check (deleted_by in ('owner', 'retention', 'admin', 'account')),
    finished_at timestamptz,                    -- null: files of it are still to be deleted
    rows jsonb not null,                        -- {table: how many}
    objects jsonb not null default '{}',        -- {source, results, mirrors: how many}
    kept jsonb not null                         -- [{what, until}]
);
create index deletions_age on aisubs.deletions (deleted_at);

-- Whose results these are, so that they can go with it. Null: retention took the job, and the files are people's.
alter table aisubs.written_files add column job_id uuid;
create index written_files_job on aisubs.written_files (job_id) where job_id is not null;
update aisubs.written_files w set job_id = coalesce(w.corrected_job, (
    select j.job_id
    from aisubs.transcription_jobs j,
        lateral (select regexp_replace(j.object_name, '^inbox/', '') || '.' as name) place
    where j.source in ('bucket', 'folder') and j.deleted_at is null
        and (starts_with(w.name, place.name) or starts_with(w.name, 'versions/' || place.name))
    order by length(place.name) desc, j.created_at desc limit 1));
