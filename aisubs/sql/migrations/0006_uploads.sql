-- Uploads are counted by their sender, and only while something is heard of them; and what was put beside recordings is
-- remembered, so that nothing of a person's is ever taken for ours.
alter table aisubs.transcription_jobs
    add column upload_lease timestamptz,        -- an announced upload counts against its sender until then
    add column uploader text;                   -- who that is (aisubs_core.uploader); null once the upload is over
create index jobs_uploader on aisubs.transcription_jobs (uploader) where status = 'uploading';

-- Makes hashes of addresses that nobody can look up in a table of all addresses.
alter table aisubs.limits add column address_salt text not null
    default replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');

-- The files of results that people see. They outlive their jobs, and so does this.
create table aisubs.written_files (
    name text primary key,                      -- as the mirror knows it
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),     -- as we wrote it last; anything else is a person's
    written_at timestamptz not null default now()
);
