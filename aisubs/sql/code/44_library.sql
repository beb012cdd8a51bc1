-- The library: what a holder has, sorted and sifted, and what they make of each.

-- By `filters` {ids, statuses, sources, tags, text, kept, edited, sort, order}, any of which may be missing: `tags`
-- are all there, `text` stands in the name or in a tag. `total` counts the rows over all pages.
create function aisubs_api.list_jobs(holder jsonb, page integer, per_page integer, filters jsonb default '{}')
    returns setof aisubs_core.job_row language plpgsql stable as $$
declare
    shown aisubs_core.job_row;
    ids uuid[];
    rows_in_all bigint;
    sort text := coalesce(filters ->> 'sort', 'created');
    falling boolean := coalesce(filters ->> 'order', case sort when 'name' then 'asc' else 'desc' end) = 'desc';
    wanted text := nullif(aisubs_core.fold(filters ->> 'text'), '');
begin
    with mine as (
        select j.job_id, j.created_at, aisubs_core.sort_key(j, sort) as key
        from aisubs_core.jobs_of(list_jobs.holder) j
        where aisubs_core.is_among(j.job_id::text, filters -> 'ids')
            and aisubs_core.is_among(j.status, filters -> 'statuses')
            and aisubs_core.is_among(j.source, filters -> 'sources')
            and (coalesce(jsonb_typeof(filters -> 'tags'), 'null') = 'null'
                or j.tags @> array(select jsonb_array_elements_text(filters -> 'tags')))
            and coalesce((j.kept_at is not null) = (filters ->> 'kept')::boolean, true)
            and coalesce((j.revision > 0) = (filters ->> 'edited')::boolean, true)
            and (wanted is null or position(wanted in aisubs_core.fold(
                concat_ws(' ', j.title, j.filename, array_to_string(j.tags, ' ')))) > 0)
    ), placed as (
        select m.job_id, row_number() over (order by
            m.key is null,
            case when falling then m.key end desc, case when not falling then m.key end,
            m.created_at desc, m.job_id) as place
        from mine m
    )
    select array(select p.job_id from placed p order by p.place
            limit per_page offset (greatest(page, 1) - 1)::bigint * per_page),
        (select count(*) from mine)
    into ids, rows_in_all;
    for shown in select s.* from aisubs_core.show(ids) s order by array_position(ids, s.job_id) loop
        shown.total := rows_in_all;
        return next shown;
    end loop;
end $$;

-- Everything that a holder has.
create function aisubs_core.jobs_of(holder jsonb) returns setof aisubs.transcription_jobs language sql stable as $$
    select * from aisubs.transcription_jobs j
    where (j.token_hash = any (aisubs_core.token_hashes(jobs_of.holder)) or j.owner_id = jobs_of.holder ->> 'owner_id')
        and j.deleted_at is null $$;

-- No list (null, or a JSON null as it comes through PostgREST) holds everything.
create function aisubs_core.is_among(value text, list jsonb) returns boolean language sql immutable as $$
    select coalesce(jsonb_typeof(list), 'null') = 'null' or list ? value $$;

-- A time as text that sorts the same way.
create function aisubs_core.time_key(at timestamptz) returns text language sql immutable as $$
    select lpad((extract(epoch from at) * 1000000)::bigint::text, 20, '0') $$;

-- What jobs are sorted by, as text that sorts the same way.
create function aisubs_core.sort_key(job aisubs.transcription_jobs, sort text) returns text language sql stable as $$
    select case sort
        when 'name' then aisubs_core.fold(coalesce(job.title, job.filename))
        when 'duration' then lpad(job.duration_ms::text, 20, '0')
        when 'size' then lpad(job.file_size_bytes::text, 20, '0')
        when 'edited' then aisubs_core.time_key(job.edited_at)
        when 'completed' then aisubs_core.time_key(job.completed_at)
        when 'expires' then case when job.kept_at is null
            then aisubs_core.time_key(coalesce(job.unkept_at, job.created_at)) end
        else aisubs_core.time_key(job.created_at) end collate "C" $$;

-- All that a holder has in figures: of statuses, sources and tags, how many jobs have each.
create function aisubs_api.library_totals(holder jsonb) returns table (
    jobs bigint, duration_ms bigint, size_bytes bigint, statuses jsonb, sources jsonb, tags jsonb
) language sql stable as $$
    with mine as materialized (
        select * from aisubs_core.jobs_of(library_totals.holder)
    )
    select count(*), coalesce(sum(m.duration_ms), 0)::bigint, coalesce(sum(m.file_size_bytes), 0)::bigint,
        (select coalesce(jsonb_object_agg(g.name, g.n), '{}') from
            (select s.status as name, count(*) as n from mine s group by 1) g),
        (select coalesce(jsonb_object_agg(g.name, g.n), '{}') from
            (select s.source as name, count(*) as n from mine s group by 1) g),
        (select coalesce(jsonb_object_agg(g.name, g.n), '{}') from
            (select t.name, count(*) as n from mine s, unnest(s.tags) t (name) group by 1) g)
    from mine m $$;

-- Change what `changes` names of {title (null: the file's name), tags, keep}. What was kept and is not any more counts
-- its age from now: retention then has its full time.
create function aisubs_api.update_job(job_id text, holder jsonb, changes jsonb) returns setof aisubs_core.job_row
    language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_held_job(job_id, holder);
    keep boolean := coalesce((changes ->> 'keep')::boolean, job.kept_at is not null);
begin
    update aisubs.transcription_jobs j
    set title = case when changes ? 'title' then changes ->> 'title' else j.title end,
        tags = case when changes ? 'tags' then array(select jsonb_array_elements_text(changes -> 'tags'))
            else j.tags end,
        kept_at = case when keep then coalesce(j.kept_at, now()) end,
        unkept_at = case when j.kept_at is not null and not keep then now() else j.unkept_at end
    where j.job_id = job.job_id;
    return query select * from aisubs_core.show(array[job.job_id]);
end $$;
