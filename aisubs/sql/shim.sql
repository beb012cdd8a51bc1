-- What Supabase has and a plain Postgres lacks, as far as we use it. Adds only what is missing: on Supabase the roles
-- of our own components.

-- Roles belong to the whole server, so two databases may be migrated at once: whoever comes second finds them there.
-- Those of our own components (16_components.sql) are missing on Supabase too.
do $$
declare
    missing text;
    ours text[] := array['aisubs_worker', 'aisubs_dispatch', 'aisubs_ingest', 'aisubs_maintenance', 'aisubs_api'];
begin
    foreach missing in array array['anon', 'authenticated', 'service_role', 'authenticator'] || ours loop
        if to_regrole(missing) is null then
            begin
                execute format('create role %I nologin noinherit', missing);
            exception when duplicate_object or unique_violation then null;
            end;
        end if;
    end loop;
    foreach missing in array array['anon', 'authenticated', 'service_role'] || ours loop
        if not pg_has_role('authenticator', missing, 'member') then
            begin
                execute format('grant %I to authenticator', missing);
            exception when unique_violation then null;
            end;
        end if;
    end loop;
end $$;

do $$
begin
    if to_regnamespace('auth') is null then
        create schema auth;
        grant usage on schema auth to anon, authenticated, service_role;
    end if;
    if to_regprocedure('auth.uid()') is null then
        -- The signed-in user, from the token that PostgREST has checked.
        create function auth.uid() returns uuid language sql stable as $uid$
            select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $uid$;
    end if;
end $$;

do $$
begin
    if to_regnamespace('realtime') is null then
        create schema realtime;
        grant usage on schema realtime to anon, authenticated, service_role;
    end if;
    if to_regclass('realtime.messages') is null then
        create table realtime.messages (
            id uuid primary key default gen_random_uuid(),
            topic text not null,
            extension text not null,
            event text,
            payload jsonb,
            private boolean default false,
            inserted_at timestamp not null default now(),
            updated_at timestamp not null default now()
        );
        create index messages_inserted_at on realtime.messages (inserted_at);
        alter table realtime.messages enable row level security;
        grant select, insert, update on realtime.messages to anon, authenticated, service_role;
    end if;
    if to_regprocedure('realtime.topic()') is null then
        -- The channel that a listener asks to join.
        create function realtime.topic() returns text language sql stable as $topic$
            select nullif(current_setting('realtime.topic', true), '') $topic$;
    end if;
    if to_regprocedure('realtime.send(jsonb,text,text,boolean)') is null then
        -- Stores the message as Supabase does, and tells whoever LISTENs on aisubs_live: the local edition's WebSocket.
        create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
            language plpgsql as $send$
        declare
            notice text := jsonb_build_object('topic', topic, 'event', event, 'payload', payload)::text;
        begin
            insert into realtime.messages (payload, event, topic, private, extension)
            values (send.payload, send.event, send.topic, send.private, 'broadcast');
            if octet_length(notice) < 8000 then  -- the limit of NOTIFY; ours have some 300 bytes
                perform pg_notify('aisubs_live', notice);
            end if;
            -- Supabase drops its daily partitions after three days; here a few old rows go with each new one.
            delete from realtime.messages m where m.id in (
                select o.id from realtime.messages o where o.inserted_at < now() - interval '1 day'
                order by o.inserted_at limit 20 for update skip locked);
        end $send$;
    end if;
end $$;
