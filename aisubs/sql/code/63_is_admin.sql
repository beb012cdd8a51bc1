-- Who is an administrator.
create function aisubs_core.is_admin(holder jsonb) returns boolean language sql immutable as $$
    select coalesce(holder ->> 'owner_id' = 'machine', false) $$;
