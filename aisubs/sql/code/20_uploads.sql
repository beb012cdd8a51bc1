-- From an announcement or a dropped object to a pending job.

-- How many jobs are in line: what the capacity counts. An upload takes no place in it, for its bytes may never come;
-- once they are here the job joins the line, however long that is.
create function aisubs_core.in_line() returns bigint language sql stable as $$
    select count(*) from aisubs.transcription_jobs j where j.status in ('pending', 'processing') $$;

-- Refuse when the line is full. Who has nothing in it is taken all the same, until it is twice as long: turns are by
-- sender, so they wait for nobody's many. (`sender` is null where nobody is known.) Call it under lock_admission.
create function aisubs_core.admit(queue_capacity integer, sender text) returns void language plpgsql as $$
declare
    active bigint := aisubs_core.in_line();
begin
    if active >= queue_capacity and (admit.sender is null or active >= 2 * queue_capacity
        or exists (select from aisubs.transcription_jobs j
            where j.sender = admit.sender and j.status in ('pending', 'processing'))) then
        perform aisubs_core.refuse('queue_full', jsonb_build_object('active', active, 'limit', queue_capacity,
            'retry_after_s', aisubs_core.retry_after_s()));
    end if;
end $$;

-- Whose uploads are counted together: those of a signed-in owner, else those from one address (anybody can make as many
-- library keys as they like). Of an address only a salted hash is kept, and no longer than the upload lasts.
create function aisubs_core.uploader(holder jsonb, address text) returns text language sql stable as $$
    select coalesce('owner:' || aisubs_core.signed_in(uploader.holder), 'address:'
        || encode(sha256(convert_to(l.address_salt || coalesce(uploader.address, ''), 'UTF8')), 'hex'))
    from aisubs.limits l $$;

-- Refuse when this sender, or everybody together, has as many uploads under way as may be. One that was silent for
-- longer than its lease does not count; it may go on all the same. Call it under lock_admission.
create function aisubs_core.admit_upload(uploader text, uploads_per_owner integer, max_uploads integer) returns void
    language plpgsql as $$
declare
    own bigint;
    all_together bigint;
begin
    select count(*) filter (where j.uploader = admit_upload.uploader), count(*) into own, all_together
    from aisubs.transcription_jobs j where j.status = 'uploading' and j.upload_lease > now();
    if own >= uploads_per_owner or all_together >= max_uploads then
        perform aisubs_core.refuse('too_many_uploads', jsonb_build_object('retry_after_s', 15,
            'active', case when own >= uploads_per_owner then own else all_together end,
            'limit', case when own >= uploads_per_owner then uploads_per_owner else max_uploads end));
    end if;
end $$;

-- A web upload is announced. The same job_id again (a lost answer) returns the row made before, if all else is the same
-- as well; that of a job which is gone makes none.
-- Has the holder the result of this recording with these options already, the job is completed at once: `cached`, and
-- `cached_at` is when that result was made. The option `fresh` asks for another one.
-- `model` (optional) is what the worker would use now; a result of another model is then not taken.
-- Refused when the line is full, or when too many uploads are under way; what was refused takes no place anywhere.
create function aisubs_api.offer_upload(
    job_id uuid, token_hash text, holder jsonb, filename text, file_size_bytes bigint, content_type text, bucket text,
    object_name text, options jsonb, video_hash text, queue_capacity integer, upload_deadline_s double precision,
    model text default null, address text default null, uploads_per_owner integer default 100,
    max_uploads integer default 1000, upload_lease_s double precision default 900,
    jobs_per_day bigint default null, bytes_per_day bigint default null, minutes_per_month bigint default null
) returns setof aisubs_core.job_row language plpgsql as $$
declare
    known aisubs.transcription_jobs;
    twin aisubs.transcription_jobs;
    sender text := aisubs_core.uploader(offer_upload.holder, offer_upload.address);
    said jsonb := jsonb_build_array(filename, file_size_bytes, content_type, video_hash, options);
begin
    perform aisubs_core.lock_admission();
    update aisubs.limits l set minutes_per_month = offer_upload.minutes_per_month
    where l.minutes_per_month is distinct from offer_upload.minutes_per_month;
    select * into known from aisubs.transcription_jobs j where j.job_id = offer_upload.job_id;
    if found then
        if known.token_hash is distinct from offer_upload.token_hash or known.deleted_at is not null then
            perform aisubs_core.refuse('job_not_found');
        elsif known.announced <> said then  -- null: announced before this was kept
            perform aisubs_core.refuse('key_reused');
        elsif known.status = 'uploading' then  -- another session for it, which takes as many bytes
            perform aisubs_core.admit_day(coalesce(known.sender, sender), 0, known.file_size_bytes,
                offer_upload.jobs_per_day, offer_upload.bytes_per_day);
        end if;
        return query select * from aisubs_core.show(array[known.job_id]);
        return;
    elsif exists (select from aisubs.ended_uploads e where e.job_id = offer_upload.job_id) then
        perform aisubs_core.refuse('job_not_found');
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
        perform aisubs_core.admit(offer_upload.queue_capacity,
            case when address is not null or sender like 'owner:%' then sender end);
        perform aisubs_core.admit_upload(sender, offer_upload.uploads_per_owner, offer_upload.max_uploads);
    end if;
    perform aisubs_core.admit_day(sender, 1, case when twin.job_id is null then offer_upload.file_size_bytes else 0 end,
        offer_upload.jobs_per_day, offer_upload.bytes_per_day);
    -- The length of what is yet to come is known once it has landed.
    perform aisubs_core.admit_audio(sender, coalesce(twin.duration_ms, 0));

    insert into aisubs.transcription_jobs (
        job_id, status, owner_id, token_hash, source, filename, file_size_bytes, content_type, options, video_hash,
        bucket, object_name, announced, upload_deadline, upload_lease, uploader, sender,
        content_sha256, duration_ms, language, windows, progress, progress_ms, resume_state, result_job_id, cached_at,
        completed_at)
    select offer_upload.job_id, case when cached then 'completed' else 'uploading' end,
        offer_upload.holder ->> 'owner_id', offer_upload.token_hash, 'web', offer_upload.filename,
        offer_upload.file_size_bytes, offer_upload.content_type, offer_upload.options, offer_upload.video_hash,
        case when not cached then offer_upload.bucket end, case when not cached then offer_upload.object_name end,
        said,
        case when not cached then now() + make_interval(secs => upload_deadline_s) end,
        case when not cached then now() + make_interval(secs => upload_lease_s) end,
        case when not cached then sender end,
        case when not cached and (address is not null or sender like 'owner:%') then sender end,
        twin.content_sha256, twin.duration_ms, twin.language, coalesce(twin.windows, 0),
        case when cached then 100 else 0 end, case when cached then twin.duration_ms else 0 end, twin.resume_state,
        twin.result_job_id, coalesce(twin.cached_at, twin.completed_at), case when cached then now() end
    from (select twin.job_id is not null as cached) c;
    perform aisubs_core.share_voices(twin.job_id, offer_upload.job_id);
    return query select * from aisubs_core.show(array[offer_upload.job_id]);
end $$;

-- One version of a dropped file takes the place of another: what waits or runs for the older is cancelled, and whatever
-- became of that is put beside nothing any more. Versions may land in any order. False: a newer one was here before.
create function aisubs_core.supersede(landed uuid) returns boolean language plpgsql as $$
declare
    version aisubs.transcription_jobs;
    known record;
begin
    select * into version from aisubs.transcription_jobs j where j.job_id = supersede.landed;
    select * into known from aisubs_core.errors() e where e.code = 'superseded';
    update aisubs.transcription_jobs j
    set status = 'cancelled', error_code = known.code, error_message = known.sentence, retryable = known.retryable
    where j.bucket = version.bucket and j.object_name = version.object_name and j.status in ('pending', 'processing')
        and j.generation < (select max(n.generation) from aisubs.transcription_jobs n
            where n.bucket = version.bucket and n.object_name = version.object_name and n.deleted_at is null);
    update aisubs.transcription_jobs j set mirrored_at = now()
    where j.bucket = version.bucket and j.object_name = version.object_name and j.generation < version.generation
        and j.status in ('completed', 'failed') and j.mirrored_at is null;
    return exists (select from aisubs.transcription_jobs j
        where j.job_id = version.job_id and j.error_code is distinct from 'superseded');
end $$;

-- Below `uploads/` lies only what was announced (aisubs/model/places.py UPLOADS).
create function aisubs_core.is_upload(object_name text) returns boolean language sql immutable as $$
    select starts_with(is_upload.object_name, 'uploads/') $$;

-- The job that waits for this object, or has it. No row: nobody does, and nothing may be made of it. `ended`: once
-- somebody did, so the object is nobody's and may go; else it was never announced here.
create function aisubs_api.find_announced(bucket text, object_name text, generation bigint)
    returns table (job_id uuid, file_size_bytes bigint, options jsonb, ended boolean) language sql stable as $$
    with named as (
        select j.*, j.deleted_at is null
            and (j.status = 'uploading' or j.generation = find_announced.generation) as waits
        from aisubs.transcription_jobs j
        where j.bucket = find_announced.bucket and j.object_name = find_announced.object_name
    )
    select n.job_id, n.file_size_bytes, n.options, false from named n where n.waits
    union all
    select null, null, null, true where not exists (select from named n where n.waits)
        and (exists (select from named) or exists (select from aisubs.ended_uploads e
            where e.bucket = find_announced.bucket and e.object_name = find_announced.object_name)) $$;

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
    -- The announced upload of this name. Of one that is unfit the bytes do not stay.
    update aisubs.transcription_jobs j
    set status = land.status, generation = case land.status when 'pending' then land.generation end,
        file_size_bytes = land.file_size_bytes, crc32c = land.crc32c,
        content_type = coalesce(land.content_type, j.content_type), duration_ms = land.duration_ms,
        error_code = land.error_code, error_message = land.error_message,
        retryable = case land.status when 'failed' then false end
    where j.bucket = land.bucket and j.object_name = land.object_name and j.status = 'uploading'
    returning j.* into announced;
    if found then
        perform aisubs_core.count_landed(announced);
        return announced.job_id;
    elsif aisubs_core.is_upload(land.object_name) then
        -- The same event again; else nobody waits for it, for an announced object is written once.
        return (select j.job_id from aisubs.transcription_jobs j
            where j.bucket = land.bucket and j.object_name = land.object_name and j.generation = land.generation
                and j.deleted_at is null);
    end if;

    insert into aisubs.transcription_jobs (
        status, error_code, error_message, retryable, completed_at, bucket, object_name, generation, file_size_bytes,
        content_type, crc32c, duration_ms, filename, source, token_hash, owner_id, options)
    select land.status, land.error_code, land.error_message, case land.status when 'failed' then false end,
        case land.status when 'failed' then now() end, land.bucket, land.object_name, land.generation,
        land.file_size_bytes, land.content_type, land.crc32c, land.duration_ms, land.filename, land.source,
        land.token_hash, land.owner_id, coalesce(land.options, '{}')
    on conflict on constraint one_job_per_object do nothing
    returning job_id into landed;
    if landed is not null then
        return case when aisubs_core.supersede(landed) then landed end;
    else
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
