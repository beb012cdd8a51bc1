-- This was written to `path`, of this job alone from now on.
create function aisubs_api.record_command_file(
    path text, job_id uuid, format text, profile text, choices jsonb, sha256 text, revision integer
) returns void language sql volatile as $$
    insert into aisubs.command_files as f (path, job_id, format, profile, choices, sha256, revision)
    values (record_command_file.path, record_command_file.job_id, record_command_file.format,
        record_command_file.profile, record_command_file.choices, record_command_file.sha256,
        record_command_file.revision)
    on conflict on constraint command_files_pkey do update set job_id = excluded.job_id, format = excluded.format,
        profile = excluded.profile, choices = excluded.choices, sha256 = excluded.sha256,
        revision = excluded.revision $$;

-- Files whose text was corrected since they were written, once nobody has saved for `quiet_s`; with their jobs.
create function aisubs_api.list_corrected_files(batch integer, quiet_s double precision)
    returns table (path text, format text, profile text, choices jsonb, sha256 text, job jsonb)
    language sql stable as $$
    select f.path, f.format, f.profile, f.choices, f.sha256, to_jsonb(s)
    from (select f.* from aisubs.command_files f join aisubs.transcription_jobs j using (job_id)
        where j.revision <> f.revision and j.deleted_at is null
            and j.edited_at <= now() - make_interval(secs => quiet_s)
        order by j.edited_at, f.path limit batch) f,
    lateral aisubs_core.show(array[f.job_id]) s $$;
