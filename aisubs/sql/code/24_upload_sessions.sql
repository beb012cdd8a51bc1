-- The way of an announced upload's bytes: where they go, again from the beginning, and that they still come.

-- Where the recording of an announced job lies, or is to lie, for its owner alone.
create function aisubs_api.find_upload(job_id text, holder jsonb) returns table (object_name text)
    language sql stable as $$
    select (aisubs_core.held_job(find_upload.job_id, find_upload.holder)).object_name $$;

-- Before another session is opened for an announced upload: it takes as many bytes once more, and they count. The
-- upload counts as under way again, and gets time again.
create function aisubs_api.renew_upload(
    job_id text, holder jsonb, upload_lease_s double precision, upload_deadline_s double precision,
    address text default null, jobs_per_day bigint default null, bytes_per_day bigint default null
) returns table (object_name text, file_size_bytes bigint) language plpgsql as $$
declare
    job aisubs.transcription_jobs;
begin
    perform aisubs_core.lock_admission();  -- before the row, as everywhere
    job := aisubs_core.lock_held_job(renew_upload.job_id, renew_upload.holder);
    if job.status <> 'uploading' then
        perform aisubs_core.refuse('upload_gone');
    end if;
    perform aisubs_core.admit_day(
        coalesce(job.sender, aisubs_core.uploader(renew_upload.holder, renew_upload.address)), 0, job.file_size_bytes,
        renew_upload.jobs_per_day, renew_upload.bytes_per_day);
    perform aisubs_core.admit_audio(
        coalesce(job.sender, aisubs_core.uploader(renew_upload.holder, renew_upload.address)), 0);
    perform aisubs_api.touch_upload(job.bucket, job.object_name, renew_upload.upload_lease_s,
        renew_upload.upload_deadline_s);
    return query select job.object_name, job.file_size_bytes;
end $$;

-- A sign of life of an announced upload: bytes have come, or its sender says that they do. It counts again, and gets
-- time again. No row: nobody waits for this upload.
create function aisubs_api.touch_upload(
    bucket text, object_name text, upload_lease_s double precision, upload_deadline_s double precision
) returns table (job_id uuid) language sql volatile as $$
    update aisubs.transcription_jobs j
    set upload_lease = now() + make_interval(secs => touch_upload.upload_lease_s),
        upload_deadline = greatest(j.upload_deadline, now() + make_interval(secs => touch_upload.upload_deadline_s))
    where j.bucket = touch_upload.bucket and j.object_name = touch_upload.object_name and j.status = 'uploading'
    returning j.job_id $$;
