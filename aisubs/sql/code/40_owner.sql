-- What the people behind a job may do. `holder` is {token_hashes, owner_id}; without a right there is no such job.

-- The job as whoever may read it sees it. By a link one watches on a topic of the link's own, and does not learn what
-- the model was told beforehand, for that may say more than the transcript.
create function aisubs_api.get_job(job_id text, holder jsonb) returns setof aisubs_core.job_row
    language plpgsql stable as $$
declare
    seen record := aisubs_core.seen_job(job_id, holder);
    shown aisubs_core.job_row;
begin
    select * into shown from aisubs_core.show(array[(seen.job).job_id]);
    if (seen.share).share_id is not null then
        shown.watch_topic := (seen.share).watch_topic;
        shown.options := shown.options - 'initial_prompt' - 'hotwords';
    end if;
    return next shown;
end $$;

-- The job, for its owner alone: before something is changed that is not in the database.
create function aisubs_api.get_own_job(job_id text, holder jsonb) returns setof aisubs_core.job_row
    language sql stable as $$
    select * from aisubs_core.show(array[(aisubs_core.held_job(get_own_job.job_id, get_own_job.holder)).job_id]) $$;

-- Where the recording lies: with its generation, for nothing else may be taken in its place. A cached job that was
-- never uploaded has that of a twin, whose bytes are the same. No row: it is gone.
create function aisubs_core.recording_of(job aisubs.transcription_jobs)
    returns table (bucket text, object_name text, generation bigint) language sql stable as $$
    select j.bucket, j.object_name, j.generation
    from aisubs.transcription_jobs j
    where j.generation is not null and j.deleted_at is null and (j.job_id = job.job_id
        or j.result_job_id = job.result_job_id and j.content_sha256 = job.content_sha256)
    -- Its name holds the id of that job: one of the same owner's is taken first.
    order by j.job_id = job.job_id desc,
        coalesce(j.owner_id = job.owner_id, false) or coalesce(j.token_hash = job.token_hash, false) desc,
        j.created_at desc limit 1 $$;

-- Where a video with subtitles lies.
create function aisubs_core.object_of(copy aisubs.video_copies) returns text language sql immutable as $$
    select 'results/' || copy.job_id || '/videos/' || copy.copy_id $$;

-- The recording, for playing it. `link_ends_in_s`: of a link that ends.
create function aisubs_api.get_recording(job_id text, holder jsonb) returns table (
    bucket text, object_name text, generation bigint, filename text, content_type text,
    link_ends_in_s double precision
) language plpgsql stable as $$
declare
    seen record := aisubs_core.seen_job(job_id, holder);
    job aisubs.transcription_jobs := seen.job;
    share aisubs.job_shares := seen.share;
begin
    if not share.include_media then
        perform aisubs_core.refuse('recording_not_shared');
    elsif job.status = 'uploading' then
        perform aisubs_core.refuse('not_finished');
    end if;
    return query select r.bucket, r.object_name, r.generation, job.filename, job.content_type,
            extract(epoch from share.expires_at - now())::double precision
        from aisubs_core.recording_of(job) r;
    if not found then
        perform aisubs_core.refuse('recording_gone');
    end if;
end $$;

-- Saved windows with seq >= since_seq, in order: the machine's text, so of a corrected one they are history. A cached
-- job has those of its original.
create function aisubs_api.read_windows(job_id text, holder jsonb, since_seq integer, max_rows integer)
    returns setof aisubs_core.window_row language plpgsql stable as $$
declare
    job aisubs.transcription_jobs := aisubs_core.seen_as_written(job_id, holder);
begin
    return query select * from aisubs_core.windows_of(job, since_seq, max_rows);
end $$;

-- How loud it is, window by window: base64 of a byte for every 16 ms, null where that was not kept. It is of the
-- sound, not of the text: a link needs the right to the recording, and a corrected text changes nothing about it.
create function aisubs_api.read_peaks(job_id text, holder jsonb, since_seq integer, max_rows integer)
    returns table (seq integer, start_ms bigint, peaks text) language plpgsql stable as $$
declare
    seen record := aisubs_core.seen_job(job_id, holder);
    job aisubs.transcription_jobs := seen.job;
    share aisubs.job_shares := seen.share;
begin
    if not share.include_media then
        perform aisubs_core.refuse('recording_not_shared');
    end if;
    return query select w.seq, w.start_ms, encode(w.peaks, 'base64')
        from aisubs.transcript_windows w
        where w.job_id = coalesce(job.result_job_id, job.job_id) and w.seq >= read_peaks.since_seq
        order by w.seq limit read_peaks.max_rows;
end $$;

-- What was published for a completed job; of a cached one, that of its original.
create function aisubs_api.get_result(job_id text, holder jsonb) returns setof aisubs_core.result_row
    language plpgsql stable as $$
declare
    seen record := aisubs_core.seen_job(job_id, holder);
begin
    return query select * from aisubs_core.result_of(seen.job);
end $$;

-- The held job, locked: nothing moves it until this transaction is over.
create function aisubs_core.lock_held_job(job_id text, holder jsonb) returns aisubs.transcription_jobs
    language plpgsql as $$
begin
    perform from aisubs.transcription_jobs j where j.job_id = aisubs_core.to_job_id(lock_held_job.job_id) for update;
    return aisubs_core.held_job(lock_held_job.job_id, lock_held_job.holder);
end $$;

-- Cancel what has not begun, and with `cancel_running` what has. Cancelling a cancelled job is fine.
create function aisubs_api.cancel_job(job_id text, holder jsonb, cancel_running boolean)
    returns setof aisubs_core.job_row language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_held_job(job_id, holder);
begin
    if job.status in ('uploading', 'pending') or (job.status = 'processing' and cancel_job.cancel_running) then
        update aisubs.transcription_jobs j set status = 'cancelled' where j.job_id = job.job_id;
    elsif job.status = 'processing' then
        perform aisubs_core.refuse('not_cancellable', jsonb_build_object('status', job.status));
    elsif job.status <> 'cancelled' then
        perform aisubs_core.refuse('already_over', jsonb_build_object('status', job.status));
    end if;
    return query select * from aisubs_core.show(array[job.job_id]);
end $$;

-- Failed or cancelled, and the recording is there: in line again with the same settings. Saved windows stay, so it goes
-- on where it was; the counters start anew. Of what was sent it counts as another job of whoever asks, and takes a turn
-- of theirs. What was dropped is never refused.
create function aisubs_api.retry_job(
    job_id text, holder jsonb, queue_capacity integer, address text default null, jobs_per_day bigint default null
) returns setof aisubs_core.job_row language plpgsql as $$
declare
    job aisubs.transcription_jobs;
    asking text := aisubs_core.uploader(retry_job.holder, retry_job.address);
begin
    perform aisubs_core.lock_admission();  -- before the row, as everywhere
    job := aisubs_core.lock_held_job(retry_job.job_id, retry_job.holder);
    perform aisubs_core.must_be_retryable(job);
    if job.source = 'web' then
        perform aisubs_core.admit(retry_job.queue_capacity,
            case when retry_job.address is not null or asking like 'owner:%' then asking end);
        perform aisubs_core.admit_day(asking, 1, 0, retry_job.jobs_per_day, null);
        perform aisubs_core.admit_audio(asking, greatest(0, coalesce(job.duration_ms, 0) - job.counted_ms));
    end if;
    perform aisubs_core.retry(job, case when job.source = 'web'
        and (retry_job.address is not null or asking like 'owner:%') then asking end);
    return query select * from aisubs_core.show(array[job.job_id]);
end $$;

create function aisubs_core.must_be_retryable(job aisubs.transcription_jobs) returns void language plpgsql as $$
begin
    if not aisubs_core.has_ended(job.status) or job.status = 'completed' or job.generation is null
        or job.error_code in ('source_gone', 'superseded') then
        perform aisubs_core.refuse('not_retryable', jsonb_build_object('status', job.status));
    end if;
end $$;

-- In line again, as a job of this sender; its whole length counts as counted.
create function aisubs_core.retry(job aisubs.transcription_jobs, sender text) returns void language sql volatile as $$
    update aisubs.transcription_jobs j
    set status = 'pending', retry_count = 0, fruitless_releases = 0, returned_dispatches = 0, sender = retry.sender,
        counted_ms = greatest(job.counted_ms, coalesce(job.duration_ms, 0)), counted_on = aisubs_core.utc_day()
    where j.job_id = job.job_id $$;

-- How full the house is. `retry_after_s` is when the first running job should make room.
create function aisubs_api.queue_state(concurrency integer, queue_capacity integer)
    returns table (
        active bigint, pending bigint, uploading bigint, "limit" integer, capacity integer, retry_after_s integer
    ) language sql stable as $$
    select count(*) filter (where j.status = 'processing'), count(*) filter (where j.status = 'pending'),
        count(*) filter (where j.status = 'uploading'), queue_state.concurrency, queue_state.queue_capacity,
        aisubs_core.retry_after_s()
    from aisubs.transcription_jobs j where j.status in ('uploading', 'pending', 'processing') $$;

-- What recordings of these lengths (a JSON array of milliseconds) would take if they were submitted now: seconds of
-- work for each by what is known of the model, and how long the first would wait; what those still take that would
-- have the other slots meanwhile. Nulls where nothing is known.
create function aisubs_api.estimate(durations_ms jsonb, model text, concurrency integer)
    returns table (processing_s jsonb, wait_s double precision, beside_s jsonb) language sql stable as $$
    with work as materialized (
        select * from aisubs_core.work_left()
    ), line as (
        select count(*) filter (where w.status = 'processing') as running,
            count(*) filter (where w.status = 'pending') as waiting,
            case when count(*) = count(w.work_s) then coalesce(sum(w.work_s), 0) end as work_s
        from work w
    ), beside as (
        select w.work_s from work w where w.work_s is not null
        order by w.status = 'processing' desc, w.work_s limit estimate.concurrency - 1
    )
    select (select jsonb_agg(d.ms::bigint / 1000.0 * pace.wall_ms_per_audio_ms order by d.place)
            from jsonb_array_elements_text(estimate.durations_ms) with ordinality as d (ms, place)),
        aisubs_core.wait_s(line.running, line.waiting + 1, line.work_s, estimate.concurrency),
        (select coalesce(jsonb_agg(b.work_s), '[]') from beside b)
    from line cross join aisubs_core.pace(aisubs_core.shown_model(estimate.model), '') pace $$;
