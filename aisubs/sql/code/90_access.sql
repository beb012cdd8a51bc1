-- Who may do what: everything is closed first, then opened by name. Only the service role and our components' roles
-- (16_components.sql) call us; browsers reach the database through Realtime alone, where one policy decides
-- (70_live.sql).

do $$
declare
    known record;
begin
    for known in select nspname from pg_namespace where nspname in ('aisubs', 'aisubs_core', 'aisubs_api') loop
        execute format('revoke all on schema %I from public, anon, authenticated', known.nspname);
        execute format('revoke all on all tables in schema %I from public, anon, authenticated', known.nspname);
        execute format('revoke all on all functions in schema %I from public, anon, authenticated', known.nspname);
        execute format('grant usage on schema %I to service_role', known.nspname);
    end loop;
    -- A second wall behind the grants: without a policy of its own, no role but the owner sees a row.
    for known in select c.oid::regclass as "table" from pg_class c
        where c.relnamespace = 'aisubs'::regnamespace and c.relkind = 'r' and c.relname <> 'schema_migrations' loop
        execute format('alter table %s enable row level security', known."table");
        execute format('drop policy if exists service on %s', known."table");
        execute format('create policy service on %s to service_role using (true) with check (true)', known."table");
        execute format('grant select, insert, update, delete on %s to service_role', known."table");
    end loop;
end $$;

grant execute on all functions in schema aisubs_core, aisubs_api to service_role;

-- Policies are checked as the listener. It cannot call this by name: the schema stays closed to it.
grant execute on function aisubs_core.can_watch(text) to anon, authenticated;

-- The components have functions and no tables, so the functions work with the rights of their owner.
do $$
declare
    known record;
begin
    for known in select p.oid::regprocedure as called from pg_proc p where p.pronamespace = 'aisubs_api'::regnamespace
    loop
        execute format('alter function %s security definer set search_path = %L', known.called, '');
    end loop;
    for known in
        select r.role, p.oid::regprocedure as called from aisubs_core.rights() r cross join unnest(r.functions) f (name)
            left join pg_proc p on p.pronamespace = 'aisubs_api'::regnamespace and p.proname = f.name
    loop
        execute format('grant usage on schema aisubs_api to %I', known.role);
        execute format('grant execute on function %s to %I', known.called, known.role);
    end loop;
end $$;
