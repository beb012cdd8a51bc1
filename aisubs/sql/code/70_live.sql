-- Live updates: a hint that something changed, sent on the private channel of the job. The client refetches when the
-- version is new to it, so a lost hint costs nothing. On Supabase this is Realtime broadcast, elsewhere the shim.

-- What a hint says.
create function aisubs_core.hint(job aisubs.transcription_jobs, status text) returns jsonb language sql immutable as $$
    select jsonb_build_object('job_id', job.job_id, 'version', job.version, 'stage', job.progress_stage,
        'progress', job.progress, 'status', hint.status) $$;

-- At most one message for a job, a topic and a transaction: the trigger is deferred to the commit, and all but the last
-- of its events find a row that has moved on. Beside the job's own topic, those of its links are told.
-- Definer, for whoever moved the job may not write to realtime.messages.
create function aisubs_core.announce() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    perform realtime.send(aisubs_core.hint(j, case when j.deleted_at is null then j.status else 'deleted' end),
        'job', topic.name, true)
    from aisubs.transcription_jobs j, lateral (
        select j.watch_topic
        union all
        select s.watch_topic from aisubs.job_shares s where s.job_id = j.job_id and not aisubs_core.is_over(s)
    ) topic (name)
    where j.job_id = new.job_id and j.version = new.version;
    return null;
exception when others then
    -- A hint must never undo the move that it tells of.
    raise warning 'live update not sent: % (%)', sqlerrm, sqlstate;
    return null;
end $$;

create constraint trigger announce after update on aisubs.transcription_jobs
    deferrable initially deferred for each row
    when (old.version is distinct from new.version)
    execute function aisubs_core.announce();

-- Nobody can listen to a job that has only just been made, but the local edition's dispatcher wants to know of it.
create constraint trigger announce_new after insert on aisubs.transcription_jobs
    deferrable initially deferred for each row
    execute function aisubs_core.announce();

-- The last hint on the topic of a link: it was revoked. Definer, as above.
create function aisubs_core.announce_revoked(share_id uuid) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    perform realtime.send(aisubs_core.hint(j, 'revoked'), 'job', s.watch_topic, true)
    from aisubs.job_shares s join aisubs.transcription_jobs j using (job_id)
    where s.share_id = announce_revoked.share_id and s.revoked_at is not null;
exception when others then
    raise warning 'live update not sent: % (%)', sqlerrm, sqlstate;
end $$;

-- May the holder of this topic listen? The topic is the right: 244 random bits that only holders of the job, or of a
-- link to it, know. Definer, for listeners have no right to the tables.
create function aisubs_core.can_watch(topic text) returns boolean
    language sql stable security definer set search_path = '' as $$
    select exists (select from aisubs.transcription_jobs j
            where j.watch_topic = can_watch.topic and j.deleted_at is null)
        or exists (select from aisubs.job_shares s join aisubs.transcription_jobs j using (job_id)
            where s.watch_topic = can_watch.topic and j.deleted_at is null and not aisubs_core.is_over(s)) $$;

-- Realtime asks this policy whether a client may join. Without the comparison of topics, a holder of one topic would
-- see the stored messages of all others. No policy for INSERT: clients cannot send.
create policy aisubs_watch on realtime.messages for select to anon, authenticated
    using (messages.extension = 'broadcast' and messages.topic = (select realtime.topic())
        and (select aisubs_core.can_watch((select realtime.topic()))));
