-- From an announcement or a dropped object to a pending job.

-- How many jobs are in line: what the capacity counts.
create function aisubs_core.in_line() returns bigint language sql stable as $$
    select count(*) from aisubs.transcription_jobs j where j.status in ('uploading', 'pending', 'processing') $$;

-- Refuse when the line is full. Call it under lock_admission.
create function aisubs_core.admit(queue_capacity integer) returns void language plpgsql as $$
declare
    active bigint := aisubs_core.in_line();
begin
    if active >= queue_capacity then
        perform aisubs_core.refuse('queue_full', jsonb_build_object('active', active, 'limit', queue_capacity,
            'retry_after_s', aisubs_core.retry_after_s()));
    end if;
end $$;

-- A web upload is announced. The same job_id again (a lost answer) returns the row made before.
-- Has the holder the result of this recording with these options already, the job is completed at once: `cached`, and
-- `cached_at` is when that result was made. The option `fresh` asks for another one.
-- `model` (optional) is what the worker would use now; a result of another model is then not taken.
create function aisubs_api.offer_upload(
    job_id uuid, token_hash text, holder jsonb, filename text, file_size_bytes bigint, content_type text, bucket text,
    object_name text, options jsonb, video_hash text, queue_capacity integer, upload_deadline_s double precision,
    model text default null
) returns setof aisubs_core.job_row language plpgsql as $$
declare
    known aisubs.transcription_jobs;
    twin aisubs.transcription_jobs;
begin
    perform aisubs_core.lock_admission();
    select * into known from aisubs.transcription_jobs j where j.job_id = offer_upload.job_id;
    if found then
        if known.token_hash is distinct from offer_upload.token_hash or known.deleted_at is not null then
            perform aisubs_core.refuse('job_not_found');
        end if;
        return query select * from aisubs_core.show(array[known.job_id]);
        return;
    end if;

    select j.* into twin from aisubs.transcription_jobs j
        join aisubs.job_results r on r.job_id = j.result_job_id
        join aisubs.transcription_jobs original on original.job_id = r.job_id
    where j.status = 'completed' and j.deleted_at is null and j.options = offer_upload.options
        and not coalesce((offer_upload.options ->> 'fresh')::boolean, false)
        and (j.video_hash = offer_upload.video_hash or j.content_sha256 = offer_upload.video_hash)
        and (offer_upload.model is null or r.model = offer_upload.model)
        and aisubs_core.holds(offer_upload.holder, j) and original.deleted_at is null
    order by j.completed_at desc limit 1
    for share of original;  -- it must not be deleted before this row points at its result
    if twin.job_id is null then
        perform aisubs_core.admit(offer_upload.queue_capacity);
    end if;

    insert into aisubs.transcription_jobs (
        job_id, status, owner_id, token_hash, source, filename, file_size_bytes, content_type, options, video_hash,
        bucket, object_name, upload_deadline,
        content_sha256, duration_ms, language, windows, progress, progress_ms, result_job_id, cached_at, completed_at)
    select offer_upload.job_id, case when cached then 'completed' else 'uploading' end,
        offer_upload.holder ->> 'owner_id', offer_upload.token_hash, 'web', offer_upload.filename,
        offer_upload.file_size_bytes, offer_upload.content_type, offer_upload.options, offer_upload.video_hash,
        case when not cached then offer_upload.bucket end, case when not cached then offer_upload.object_name end,
        case when not cached then now() + make_interval(secs => upload_deadline_s) end,
        twin.content_sha256, twin.duration_ms, twin.language, coalesce(twin.windows, 0),
        case when cached then 100 else 0 end, case when cached then twin.duration_ms else 0 end,
        twin.result_job_id, coalesce(twin.cached_at, twin.completed_at), case when cached then now() end
    from (select twin.job_id is not null as cached) c;
    return query select * from aisubs_core.show(array[offer_upload.job_id]);
end $$;

-- What receive_upload and refuse_upload have in common: `status` is pending or failed. Null: the object makes no job.
create function aisubs_core.land(
    status text, error_code text, error_message text, bucket text, object_name text, generation bigint,
    file_size_bytes bigint, content_type text, crc32c text, duration_ms bigint, filename text, source text,
    token_hash text, owner_id text, options jsonb
) returns uuid language plpgsql as $$
declare
    landed uuid;
    announced aisubs.transcription_jobs;
begin
    -- The announced upload of this name. One that was cancelled meanwhile learns of its object, to take it along.
    update aisubs.transcription_jobs j
    set status = case j.status when 'uploading' then land.status else j.status end,
        generation = land.generation, file_size_bytes = land.file_size_bytes, crc32c = land.crc32c,
        content_type = coalesce(land.content_type, j.content_type), duration_ms = land.duration_ms,
        error_code = case j.status when 'uploading' then land.error_code else j.error_code end,
        error_message = case j.status when 'uploading' then land.error_message else j.error_message end,
        retryable = case when j.status = 'uploading' and land.status = 'failed' then false else j.retryable end
    where j.bucket = land.bucket and j.object_name = land.object_name and j.generation is null
        and j.status in ('uploading', 'cancelled')
    returning * into announced;
    if found then
        return case when announced.status = land.status then announced.job_id end;
    end if;

    insert into aisubs.transcription_jobs (
        status, error_code, error_message, retryable, completed_at, bucket, object_name, generation, file_size_bytes,
        content_type, crc32c, duration_ms, filename, source, token_hash, owner_id, options)
    select land.status, land.error_code, land.error_message, case land.status when 'failed' then false end,
        case land.status when 'failed' then now() end, land.bucket, land.object_name, land.generation,
        land.file_size_bytes, land.content_type, land.crc32c, land.duration_ms, land.filename, land.source,
        land.token_hash, land.owner_id, coalesce(land.options, '{}')
    -- An announced object is written once: another generation of it is no recording of anybody's.
    where not exists (select from aisubs.transcription_jobs j
        where j.bucket = land.bucket and j.object_name = land.object_name and j.source = 'web')
    on conflict on constraint one_job_per_object do nothing
    returning job_id into landed;
    if landed is null then
        select j.job_id into landed from aisubs.transcription_jobs j
        where j.bucket = land.bucket and j.object_name = land.object_name and j.generation = land.generation
            and j.deleted_at is null;
    end if;
    return landed;
end $$;

-- An object is complete in the bucket: its announced upload, or a new dropped job, becomes pending.
-- The same (bucket, object_name, generation) again changes nothing. No row: the upload was cancelled or has expired.
create function aisubs_api.receive_upload(
    bucket text, object_name text, generation bigint, file_size_bytes bigint, content_type text, crc32c text,
    duration_ms bigint, filename text, source text, token_hash text, owner_id text, options jsonb
) returns setof aisubs_core.job_row language plpgsql as $$
declare
    landed uuid := aisubs_core.land('pending', null, null, bucket, object_name, generation, file_size_bytes,
        content_type, crc32c, duration_ms, filename, source, token_hash, owner_id, options);
begin
    return query select * from aisubs_core.show(array[landed]);
end $$;

-- As receive_upload, but the recording is unfit: the job has failed.
create function aisubs_api.refuse_upload(
    bucket text, object_name text, generation bigint, file_size_bytes bigint, content_type text, crc32c text,
    duration_ms bigint, filename text, source text, token_hash text, owner_id text, options jsonb,
    error_code text, error_message text
) returns setof aisubs_core.job_row language plpgsql as $$
declare
    landed uuid := aisubs_core.land('failed', error_code, error_message, bucket, object_name, generation,
        file_size_bytes, content_type, crc32c, duration_ms, filename, source, token_hash, owner_id, options);
begin
    return query select * from aisubs_core.show(array[landed]);
end $$;

-- Of [{name, generation}], those that no row knows, tombstones included: their event was lost.
create function aisubs_api.unknown_objects(bucket text, objects jsonb) returns table (name text, generation bigint)
    language sql stable as $$
    select o.name, o.generation from jsonb_to_recordset(unknown_objects.objects) as o (name text, generation bigint)
    where not exists (select from aisubs.transcription_jobs j
        where j.bucket = unknown_objects.bucket and j.object_name = o.name and j.generation = o.generation) $$;
