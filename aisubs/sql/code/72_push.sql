-- Who is told when a job is over, and the messages on their way there: an outbox with leases. Whoever sends claims
-- a few, posts them and records what became of each; a claim that is not followed by a record comes up again.

create function aisubs_core.max_devices() returns integer language sql immutable as $$ select 20 $$;

-- Tell this device when the job is over; of more than `max_devices` the longest known are forgotten. The same device
-- again replaces its keys and its language. (A job that is over by now is told of only if it is tried again.)
create function aisubs_api.subscribe_push(
    job_id text, holder jsonb, endpoint text, p256dh text, auth text, language text
) returns void language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_held_job(job_id, holder);
begin
    insert into aisubs.push_subscriptions as known (job_id, endpoint, endpoint_hash, p256dh, auth, language)
    values (job.job_id, subscribe_push.endpoint, aisubs_core.endpoint_hash(subscribe_push.endpoint),
        subscribe_push.p256dh, subscribe_push.auth, subscribe_push.language)
    on conflict on constraint push_subscriptions_job_id_endpoint_hash_key do update
    set p256dh = excluded.p256dh, auth = excluded.auth, language = excluded.language, created_at = now();
    delete from aisubs.push_subscriptions s where s.subscription_id in (
        select o.subscription_id from aisubs.push_subscriptions o where o.job_id = job.job_id
        order by o.created_at desc, o.subscription_id offset aisubs_core.max_devices());
end $$;

-- Not this device any more. One that is not known is fine.
create function aisubs_api.unsubscribe_push(job_id text, holder jsonb, endpoint text) returns void
    language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_held_job(job_id, holder);
begin
    delete from aisubs.push_subscriptions s
    where s.job_id = job.job_id and s.endpoint_hash = aisubs_core.endpoint_hash(unsubscribe_push.endpoint);
end $$;

create function aisubs_core.endpoint_hash(endpoint text) returns text language sql immutable as $$
    select encode(sha256(convert_to(endpoint, 'UTF8')), 'hex') $$;

-- A job that is completed or has failed is to be told of; one that is in line again is not any more.
create function aisubs_core.tell_devices() returns trigger language plpgsql set search_path = '' as $$
declare
    since timestamptz := case when new.status in ('completed', 'failed') then now() end;
begin
    update aisubs.push_subscriptions s set due_since = since, due_at = since, claims = s.claims + 1
    where s.job_id = new.job_id and (since is not null or s.due_since is not null);
    return null;
exception when others then
    -- A message must never undo the move that it tells of.
    raise warning 'push not due: % (%)', sqlerrm, sqlstate;
    return null;
end $$;

create trigger tell_devices after update of status on aisubs.transcription_jobs
    for each row when (old.status is distinct from new.status)
    execute function aisubs_core.tell_devices();

-- Messages that are due, for `lease_s` nobody else's. After a day nobody wants to know any more.
create function aisubs_api.claim_pushes(batch integer, lease_s double precision)
    returns table (
        subscription_id uuid, claim bigint, endpoint text, p256dh text, auth text, language text, job_id uuid,
        status text, filename text, losses jsonb
    ) language plpgsql as $$
begin
    update aisubs.push_subscriptions s set due_since = null, due_at = null
    where s.subscription_id in (
        select o.subscription_id from aisubs.push_subscriptions o
        where o.due_at <= now() and o.due_since < now() - interval '1 day'
        limit claim_pushes.batch for update skip locked);
    return query
    with due as materialized (
        select s.subscription_id from aisubs.push_subscriptions s
        where s.due_at <= now() and (aisubs_core.credential() is null or exists (
            select from aisubs.transcription_jobs j
            where j.job_id = s.job_id and aisubs_core.is_mine(j.credential)))
        order by s.due_at limit claim_pushes.batch for update skip locked
    ), claimed as (
        update aisubs.push_subscriptions s
        set due_at = now() + make_interval(secs => lease_s), claims = s.claims + 1
        from due where due.subscription_id = s.subscription_id
        returning s.*
    )
    select c.subscription_id, c.claims, c.endpoint, c.p256dh, c.auth, c.language, c.job_id, j.status, j.filename,
        r.losses
    from claimed c join aisubs.transcription_jobs j on j.job_id = c.job_id
        left join aisubs.job_results r on r.job_id = j.result_job_id
    where j.status in ('completed', 'failed') and j.deleted_at is null;
end $$;

-- What became of a claimed message: `sent`, `refused` (never again), `again` (after `retry_in_s`, or as long as it has
-- been due, from half a minute to an hour), or `gone`: there is no such device any more. A claim that somebody else has
-- renewed meanwhile records nothing.
create function aisubs_api.record_push(
    subscription_id uuid, claim bigint, outcome text, retry_in_s double precision default null
) returns void language plpgsql as $$
begin
    if record_push.outcome = 'gone' then
        delete from aisubs.push_subscriptions s
        where s.subscription_id = record_push.subscription_id and s.claims = record_push.claim;
        return;
    end if;
    update aisubs.push_subscriptions s
    set due_since = case when record_push.outcome = 'again' then s.due_since end,
        due_at = case when record_push.outcome = 'again' then now() + greatest(
            make_interval(secs => coalesce(record_push.retry_in_s, 0)),
            least(greatest(now() - s.due_since, interval '30 seconds'), interval '1 hour')) end
    where s.subscription_id = record_push.subscription_id and s.claims = record_push.claim and s.due_at is not null;
end $$;
