-- How a job ends for good: a tombstone, then its objects, then its row; and what is told of it afterwards. Who deletes
-- is `owner`, `retention`, `admin` or `account` (with all else of that owner).

-- The objects that go with a job: its recording with its script and its results, unless somebody else still needs them.
-- The recording is named with its generation: a newer one under the same name may have landed whose event is still on
-- its way.
create function aisubs_core.objects_of(job aisubs.transcription_jobs) returns jsonb language sql stable as $$
    select coalesce(jsonb_agg(jsonb_build_object('name', o.name, 'generation', o.generation)), '[]') from (
        -- A web upload has its name to itself: without a generation the sessions that still lead there end as well.
        select job.object_name, case when not aisubs_core.is_upload(job.object_name) then job.generation end
        where job.object_name is not null and not exists (
            select from aisubs.transcription_jobs j
            where j.bucket = job.bucket and j.object_name = job.object_name and j.job_id <> job.job_id
                and j.deleted_at is null)
        union all
        select 'scripts/' || job.object_name, null
        where job.options ? 'script' and job.object_name is not null and not exists (
            select from aisubs.transcription_jobs j
            where j.bucket = job.bucket and j.object_name = job.object_name and j.job_id <> job.job_id
                and j.deleted_at is null)
        union all
        select f ->> 'key', null from aisubs.job_results r, jsonb_array_elements(r.files) f where r.job_id = job.job_id
        union all select aisubs_core.object_of(c), null from aisubs.video_copies c where c.job_id = job.job_id
    ) o (name, generation) $$;

-- Mark a job that is over as deleted: nobody sees it from now on. A result that a living twin shares moves to that twin
-- (the youngest, for it will live longest), and with it the windows; all other twins follow by the foreign key.
create function aisubs_core.bury(job aisubs.transcription_jobs, deleted_by text) returns void language plpgsql as $$
declare
    heir uuid;
begin
    perform aisubs_core.hand_over_recording(job);
    if job.result_job_id = job.job_id then
        select t.job_id into heir from aisubs.transcription_jobs t
        where t.result_job_id = job.job_id and t.job_id <> job.job_id and t.deleted_at is null
        order by t.created_at desc, t.job_id limit 1 for update;
    end if;
    if heir is not null then
        update aisubs.job_results r set job_id = heir where r.job_id = job.job_id;
        update aisubs.transcript_windows w set job_id = heir where w.job_id = job.job_id;
        update aisubs.speaker_chunks c set job_id = heir where c.job_id = job.job_id;
    end if;
    perform aisubs_core.note_deletion(job, bury.deleted_by, heir is not null);
    delete from aisubs.speaker_chunks c where c.job_id = job.job_id;  -- voices do not wait for the sweep
    delete from aisubs.job_voices v where v.job_id = job.job_id;
    if bury.deleted_by = 'retention' then  -- a voice is for later; what lies beside a recording is what people came for
        update aisubs.written_files w set job_id = null where w.job_id = job.job_id;
    else
        perform aisubs_core.unlearn_voices(job);
    end if;
    update aisubs.transcription_jobs j
    -- Only who still owns a result may point at one: a tombstone must not keep a twin's alive.
    set deleted_at = now(), result_job_id = case when heir is null and j.result_job_id = j.job_id then j.job_id end
    where j.job_id = job.job_id;
    if job.source = 'web' then  -- of a cached job nothing was to be sent, so no object bears the name
        insert into aisubs.ended_uploads (job_id, bucket, object_name)
        values (job.job_id, coalesce(job.bucket, ''), coalesce(job.object_name, '')) on conflict do nothing;
    end if;
end $$;

-- A twin that is kept and was never uploaded plays this job's recording: it gets it, if it is the last one.
create function aisubs_core.hand_over_recording(job aisubs.transcription_jobs) returns void language plpgsql as $$
declare
    heir uuid;
begin
    select t.job_id into heir from aisubs.transcription_jobs t
    where t.result_job_id = job.result_job_id and t.content_sha256 = job.content_sha256 and t.job_id <> job.job_id
        and t.kept_at is not null and t.generation is null and t.deleted_at is null and job.generation is not null
        and not exists (select from aisubs.transcription_jobs o
            where o.result_job_id = t.result_job_id and o.content_sha256 = t.content_sha256
                and o.job_id <> job.job_id and o.generation is not null and o.deleted_at is null)
    order by t.created_at desc limit 1 for update;
    if found then
        update aisubs.transcription_jobs j set bucket = null, object_name = null, generation = null
        where j.job_id = job.job_id;
        update aisubs.transcription_jobs j
        set bucket = job.bucket, object_name = job.object_name, generation = job.generation
        where j.job_id = heir;
    end if;
end $$;

-- Delete a job that is over; returns the objects that nobody else needs: [{name, generation}].
create function aisubs_api.delete_job(job_id text, holder jsonb) returns table (objects jsonb) language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_held_job(job_id, holder);
begin
    return query select aisubs_core.delete_over(job, 'owner');
end $$;

create function aisubs_core.delete_over(job aisubs.transcription_jobs, deleted_by text) returns jsonb
    language plpgsql as $$
begin
    if job.status = 'processing' then
        perform aisubs_core.refuse('not_cancellable', jsonb_build_object('status', job.status));
    elsif job.completed_at is null then
        perform aisubs_core.refuse('illegal_move', jsonb_build_object('from', job.status, 'to', 'deleted'));
    end if;
    perform aisubs_core.bury(job, delete_over.deleted_by);
    return aisubs_core.objects_of(job);
end $$;

-- The tables whose rows go with a job: what refers to it, at first or second hand. A new one is found by itself.
create function aisubs_core.tables_of_jobs() returns table (name text) language sql stable as $$
    with recursive refers as (
        select c.conrelid as child, c.confrelid as parent from pg_constraint c
        where c.contype = 'f' and c.confdeltype = 'c' and c.connamespace = 'aisubs'::regnamespace
    ), reached as (
        select r.child from refers r where r.parent = 'aisubs.transcription_jobs'::regclass
        union
        select r.child from refers r join reached on r.parent = reached.child
    )
    select c.relname::text from reached join pg_class c on c.oid = reached.child $$;

-- How many rows of each table are the job's.
create function aisubs_core.rows_of(job_id uuid) returns jsonb language plpgsql stable as $$
declare
    found_rows jsonb := '{"transcription_jobs": 1}';
    known record;
    counted bigint;
begin
    for known in select t.name from aisubs_core.tables_of_jobs() t
            union select unnest(array['voice_prints', 'webhook_messages']) loop
        execute format('select count(*) from aisubs.%I t where t.job_id = $1', known.name)
            into counted using rows_of.job_id;
        if counted > 0 then
            found_rows := found_rows || jsonb_build_object(known.name, counted);
        end if;
    end loop;
    return found_rows;
end $$;

-- Write down what is about to be deleted, and delete the messages of it that are on their way: they hold its name.
create function aisubs_core.note_deletion(job aisubs.transcription_jobs, deleted_by text, has_heir boolean)
    returns void language plpgsql as $$
declare
    found_rows jsonb := aisubs_core.rows_of(job.job_id);
    by_hand boolean := deleted_by <> 'retention';
begin
    insert into aisubs.deletions (job_id, owner_id, token_hash, deleted_by, rows, kept)
    select job.job_id, case when deleted_by <> 'account' then job.owner_id end, job.token_hash, deleted_by,
        case when by_hand then found_rows else found_rows - 'voice_prints' end,
        jsonb_agg(jsonb_build_object('what', k.what, 'until', k.until)) filter (where k.what is not null)
    from (values
        -- The text is that of another job of the same owner, with the same recording.
        (case when has_heir and deleted_by <> 'account' then 'twin' end, null::timestamptz),
        (case when not by_hand and found_rows ? 'voice_prints' then 'voices' end, now() + interval '1 year'),
        (case when not by_hand and exists (select from aisubs.written_files w where w.job_id = job.job_id)
            then 'results' end, null),
        (case when found_rows ? 'command_files' then 'command_files' end, null),
        (case when job.source = 'web' then 'upload' end, now() + interval '8 days'),
        (case when exists (select from aisubs.webhooks w where w.owner_id = job.owner_id and w.disabled_at is null
            and w.events ? 'job.deleted') and deleted_by <> 'account' then 'message' end, now() + interval '7 days'),
        ('logs', null), ('backups', null), ('this', now() + interval '30 days')) k (what, until)
    on conflict do nothing;
    delete from aisubs.webhook_messages m where m.job_id = job.job_id;
end $$;

-- Files with results of a tombstone, as we wrote them, that are to go with it.
create function aisubs_api.written_of(job_id uuid) returns table (name text, sha256 text) language sql stable as $$
    select w.name, w.sha256 from aisubs.written_files w join aisubs.transcription_jobs j on j.job_id = w.job_id
    where w.job_id = written_of.job_id and j.deleted_at is not null order by w.name $$;

-- The objects of a tombstone are gone (so many of each kind): its row goes as well, if no results of it lie anywhere
-- any more. A row that is not there is fine.
create function aisubs_api.forget_job(job_id uuid, objects jsonb default '{}') returns void language plpgsql as $$
declare
    topics text[] := array(
        select j.watch_topic from aisubs.transcription_jobs j where j.job_id = forget_job.job_id
        union all select s.watch_topic from aisubs.job_shares s where s.job_id = forget_job.job_id);
begin
    delete from aisubs.transcription_jobs j
    where j.job_id = forget_job.job_id and j.deleted_at is not null
        and not exists (select from aisubs.written_files w where w.job_id = j.job_id);
    if found then
        perform aisubs_core.forget_hints(topics);
        update aisubs.deletions d set finished_at = now(), objects = forget_job.objects
        where d.job_id = forget_job.job_id;
    end if;
end $$;

-- What was said live of the job, where it is ours to delete; on Supabase it goes by itself after three days.
create function aisubs_core.forget_hints(topics text[]) returns void language plpgsql as $$
begin
    if has_table_privilege('realtime.messages', 'delete') then
        delete from realtime.messages m where m.topic = any (forget_hints.topics);
    end if;
end $$;

create type aisubs_core.deletion_row as (
    job_id uuid, deleted_at timestamptz, deleted_by text, finished_at timestamptz, rows jsonb, objects jsonb,
    kept jsonb);
create function aisubs_core.show_deletion(one aisubs.deletions) returns aisubs_core.deletion_row
    language sql immutable as $$
    select row(one.job_id, one.deleted_at, one.deleted_by, one.finished_at, one.rows, one.objects,
        one.kept)::aisubs_core.deletion_row $$;

-- What was deleted of this job, for who was its owner or has its token. Kept for 30 days.
create function aisubs_api.get_deletion(job_id text, holder jsonb) returns setof aisubs_core.deletion_row
    language plpgsql stable as $$
declare
    one aisubs.deletions;
begin
    select * into one from aisubs.deletions d
    where d.job_id = aisubs_core.to_job_id(get_deletion.job_id)
        and (d.token_hash = any (aisubs_core.token_hashes(holder)) or d.owner_id = holder ->> 'owner_id'
            or aisubs_core.is_admin(get_deletion.holder));
    if not found then
        perform aisubs_core.refuse('job_not_found');
    end if;
    return next aisubs_core.show_deletion(one);
end $$;

-- Everything of the holder's owner, who is signed in: what runs is cancelled, every job is buried, and whatever else
-- stands in a table under that owner is deleted. Returns the jobs with the objects that nobody else needs.
create function aisubs_api.delete_owner(holder jsonb) returns table (job_id uuid, objects jsonb)
    language plpgsql as $$
declare
    owner text := aisubs_core.signed_in(delete_owner.holder);
    job aisubs.transcription_jobs;
    theirs uuid[];
    their_id uuid;
    known record;
begin
    if owner is null then
        perform aisubs_core.refuse('unauthorized');
    end if;
    perform aisubs_core.lock_admission();  -- nothing new is announced meanwhile
    theirs := array(select j.job_id from aisubs.transcription_jobs j where j.owner_id = owner and j.deleted_at is null
        order by j.created_at, j.job_id for update);
    foreach their_id in array theirs loop
        -- As it is now: the burial of another may have made it the heir of a result.
        select * into job from aisubs.transcription_jobs j where j.job_id = their_id;
        if not aisubs_core.has_ended(job.status) then
            update aisubs.transcription_jobs j set status = 'cancelled' where j.job_id = job.job_id;
        end if;
        perform aisubs_core.bury(job, 'account');
    end loop;
    for known in
        select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'aisubs'::regnamespace and c.relkind = 'r' and a.attname = 'owner_id'
            and c.relname not in ('transcription_jobs', 'deletions')
    loop
        execute format('delete from aisubs.%I t where t.owner_id = $1', known.relname) using owner;
    end loop;
    delete from aisubs.sender_days d where d.sender = 'owner:' || owner;
    delete from aisubs.accounts a where 'account:' || a.account_id = owner;
    update aisubs.deletions d set owner_id = null where d.owner_id = owner;
    return query select j.job_id, aisubs_core.objects_of(j) from aisubs.transcription_jobs j
        where j.owner_id = owner and j.deleted_at is not null;
end $$;
