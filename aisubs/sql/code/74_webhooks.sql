-- Who is told by a webhook, and the messages on their way there: the outbox of 72_push.sql, for programs. A message is
-- tried until it is taken, by a schedule of three days; then, or when the receiver says that it is gone, the webhook is
-- disabled, and its owner sees why.

create type aisubs_core.webhook_row as (
    webhook_id uuid, url text, events jsonb, created_at timestamptz, disabled_at timestamptz, disabled_because text);
create function aisubs_core.show_webhook(hook aisubs.webhooks) returns aisubs_core.webhook_row
    language sql immutable as $$
    select row(hook.webhook_id, hook.url, hook.events, hook.created_at, hook.disabled_at,
        hook.disabled_because)::aisubs_core.webhook_row $$;

-- The holder's own webhook. Raises `not_found`.
create function aisubs_core.held_webhook(webhook_id text, holder jsonb) returns aisubs.webhooks
    language plpgsql as $$
declare
    hook aisubs.webhooks;
    owner text := aisubs_core.owner_of(holder, 'webhook_owner');
begin
    select * into hook from aisubs.webhooks w
    where w.webhook_id = aisubs_core.to_job_id(held_webhook.webhook_id) and w.owner_id = owner for update;
    if not found then
        perform aisubs_core.refuse('not_found');
    end if;
    return hook;
end $$;

-- A new one, of at most ten.
create function aisubs_api.create_webhook(holder jsonb, url text, events jsonb, secret text)
    returns setof aisubs_core.webhook_row language plpgsql as $$
declare
    owner text := aisubs_core.owner_of(holder, 'webhook_owner');
    made aisubs.webhooks;
begin
    perform pg_advisory_xact_lock(hashtextextended('aisubs.webhooks', 0));
    if 10 <= (select count(*) from aisubs.webhooks w where w.owner_id = owner) then
        perform aisubs_core.refuse('too_many_webhooks', jsonb_build_object('limit', 10));
    end if;
    insert into aisubs.webhooks (owner_id, url, events, secret)
    values (owner, create_webhook.url, create_webhook.events, create_webhook.secret) returning * into made;
    return next aisubs_core.show_webhook(made);
end $$;

-- Those of the holder's owner, without their secrets.
create function aisubs_api.list_webhooks(holder jsonb) returns setof aisubs_core.webhook_row
    language sql stable as $$
    select shown.* from aisubs.webhooks w, aisubs_core.show_webhook(w) shown
    where w.owner_id = list_webhooks.holder ->> 'owner_id' order by w.created_at, w.webhook_id $$;

-- Tell it nothing any more; what is on its way is forgotten.
create function aisubs_api.delete_webhook(webhook_id text, holder jsonb) returns void language plpgsql as $$
declare
    hook aisubs.webhooks := aisubs_core.held_webhook(webhook_id, holder);
begin
    delete from aisubs.webhooks w where w.webhook_id = hook.webhook_id;
end $$;

-- Sign with another secret from now on, for a day with the former one as well; what was disabled is tried again.
create function aisubs_api.rotate_webhook(webhook_id text, holder jsonb, secret text)
    returns setof aisubs_core.webhook_row language plpgsql as $$
declare
    hook aisubs.webhooks := aisubs_core.held_webhook(webhook_id, holder);
begin
    update aisubs.webhooks w
    set former_secret = w.secret, former_until = now() + interval '1 day', secret = rotate_webhook.secret,
        disabled_at = null, disabled_because = null
    where w.webhook_id = hook.webhook_id returning * into hook;
    return next aisubs_core.show_webhook(hook);
end $$;

-- Send a message that tells nothing, to see whether it arrives; also to one that is disabled, which then is no more.
create function aisubs_api.test_webhook(webhook_id text, holder jsonb) returns table (message_id uuid)
    language plpgsql as $$
#variable_conflict use_column
declare
    hook aisubs.webhooks := aisubs_core.held_webhook(webhook_id, holder);
begin
    update aisubs.webhooks w set disabled_at = null, disabled_because = null where w.webhook_id = hook.webhook_id;
    if 20 <= (select count(*) from aisubs.webhook_messages m
            where m.webhook_id = hook.webhook_id and m.event = 'test' and m.created_at > now() - interval '1 hour') then
        perform aisubs_core.refuse('too_many_webhooks', jsonb_build_object('limit', 20));
    end if;
    return query insert into aisubs.webhook_messages as m (webhook_id, event, body, due_at)
        values (hook.webhook_id, 'test', '{}', now()) returning m.message_id;
end $$;

-- The newest 100 messages of one, and what became of each.
create function aisubs_api.list_deliveries(webhook_id text, holder jsonb) returns table (
    message_id uuid, event text, job_id uuid, created_at timestamptz, due_at timestamptz, attempts integer,
    outcome text, answered text, attempted_at timestamptz
) language sql stable as $$
    select m.message_id, m.event, m.job_id, m.created_at, m.due_at, m.attempts, m.outcome, m.answered, m.attempted_at
    from aisubs.webhooks w join aisubs.webhook_messages m using (webhook_id)
    where w.webhook_id = aisubs_core.to_job_id(list_deliveries.webhook_id)
        and w.owner_id = list_deliveries.holder ->> 'owner_id'
    order by m.created_at desc, m.message_id limit 100 $$;

-- What a move of a job is called by those who are told of it (aisubs/model/events.py); null: nobody is.
create function aisubs_core.event_of(old aisubs.transcription_jobs, new aisubs.transcription_jobs) returns text
    language sql immutable as $$
    select case
        when new.deleted_at is not null then case when old.deleted_at is null then 'job.deleted' end
        when old.status is distinct from new.status then
            case new.status when 'completed' then 'job.completed' when 'failed' then 'job.failed' end
    end $$;

-- Those who want to know of a move are to be told.
create function aisubs_core.tell_webhooks() returns trigger language plpgsql set search_path = '' as $$
declare
    told text := aisubs_core.event_of(old, new);
begin
    insert into aisubs.webhook_messages (webhook_id, event, job_id, body, due_at)
    select w.webhook_id, told, new.job_id, jsonb_build_object('job_id', new.job_id,
        -- Of what is deleted no name is left.
        'filename', case when new.deleted_at is null then new.filename end,
        'status', new.status, 'duration_ms', new.duration_ms, 'language', new.language,
        'error_code', new.error_code), now()
    from aisubs.webhooks w
    where w.owner_id = new.owner_id and w.disabled_at is null and w.events ? told;
    return null;
exception when others then
    -- A message must never undo the move that it tells of.
    raise warning 'webhook not due: % (%)', sqlerrm, sqlstate;
    return null;
end $$;

create trigger tell_webhooks after update of status, deleted_at on aisubs.transcription_jobs
    for each row when (aisubs_core.event_of(old, new) is not null) execute function aisubs_core.tell_webhooks();

-- A job that is there already is completed as it is made.
create trigger tell_webhooks_new after insert on aisubs.transcription_jobs
    for each row when (aisubs_core.event_of(null, new) is not null) execute function aisubs_core.tell_webhooks();

-- How long to wait after so many attempts (the schedule of the Standard Webhooks); null: no more.
create function aisubs_core.webhook_pause(attempts integer) returns interval language sql immutable as $$
    select (array['5 seconds', '5 minutes', '30 minutes', '2 hours', '5 hours', '10 hours', '14 hours', '20 hours',
        '24 hours'])[webhook_pause.attempts]::interval $$;

-- Messages that are due, for `lease_s` nobody else's, with what signs them. A message is kept for a week.
create function aisubs_api.claim_webhooks(batch integer, lease_s double precision) returns table (
    message_id uuid, claim bigint, url text, secrets jsonb, event text, body jsonb, created_at timestamptz
) language plpgsql as $$
begin
    delete from aisubs.webhook_messages m where m.created_at < now() - interval '7 days';
    return query
    with due as materialized (
        select m.message_id from aisubs.webhook_messages m join aisubs.webhooks w using (webhook_id)
        where m.due_at <= now() and w.disabled_at is null
        order by m.due_at limit claim_webhooks.batch for update of m skip locked
    ), claimed as (
        update aisubs.webhook_messages m
        set due_at = now() + make_interval(secs => lease_s), claims = m.claims + 1
        from due where due.message_id = m.message_id returning m.*
    )
    select c.message_id, c.claims, w.url, jsonb_build_array(w.secret)
            || case when w.former_until > now() then jsonb_build_array(w.former_secret) else '[]' end,
        c.event, c.body, c.created_at
    from claimed c join aisubs.webhooks w using (webhook_id);
end $$;

-- What became of a claimed message: `sent`, `again` (by the schedule, or after `retry_in_s` if that is later),
-- `refused` (never again), or `gone`: nobody wants any more. `answered` is for the owner. A claim that was renewed
-- meanwhile records nothing.
create function aisubs_api.record_webhook(
    message_id uuid, claim bigint, outcome text, answered text, retry_in_s double precision default null
) returns void language plpgsql as $$
declare
    message aisubs.webhook_messages;
begin
    update aisubs.webhook_messages m
    set attempts = m.attempts + 1, outcome = record_webhook.outcome, answered = record_webhook.answered,
        attempted_at = now(),
        due_at = case when record_webhook.outcome = 'again' then now() + greatest(
            make_interval(secs => coalesce(record_webhook.retry_in_s, 0)),
            aisubs_core.webhook_pause(m.attempts + 1)) end
    where m.message_id = record_webhook.message_id and m.claims = record_webhook.claim and m.due_at is not null
    returning * into message;
    if message.outcome = 'gone' or message.outcome = 'again' and message.attempts > 9 then
        update aisubs.webhooks w set disabled_at = now(), disabled_because = record_webhook.answered
        where w.webhook_id = message.webhook_id;
        update aisubs.webhook_messages m set due_at = null where m.webhook_id = message.webhook_id;
    end if;
end $$;
