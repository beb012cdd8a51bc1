-- Search in all texts, with what Postgres has of its own: full text by the configuration `simple`, which knows no
-- language, over text that was folded (14_words.sql). A passage is a window of the machine's text or a paragraph of a
-- corrected one; all words of a question must stand in one.

-- Make the index of a job anew, from its newest text. The caller has the job locked.
create function aisubs_core.index_text(job aisubs.transcription_jobs) returns void language plpgsql as $$
begin
    delete from aisubs.text_index t where t.job_id = job.job_id;
    if job.revision = 0 then
        insert into aisubs.text_index (job_id, seq, start_ms, words)
        select job.job_id, w.seq, w.start_ms, to_tsvector('simple', aisubs_core.searchable(said.text))
        from aisubs.transcript_windows w cross join lateral (
            select string_agg(s ->> 'text', ' ') as text from jsonb_array_elements(w.segments) s) said
        where w.job_id = job.result_job_id and said.text is not null;
    else
        insert into aisubs.text_index (job_id, seq, start_ms, paragraph, words)
        select job.job_id, p.place, coalesce((p.said -> 'starts' ->> 0)::bigint, 0),
            jsonb_build_object('text', p.said ->> 'text', 'offsets', p.said -> 'offsets', 'starts', p.said -> 'starts'),
            to_tsvector('simple', aisubs_core.searchable(p.said ->> 'text'))
        from aisubs.transcript_edits e
            cross join lateral json_array_elements(e.document -> 'paragraphs') with ordinality as p (said, place)
        where e.job_id = job.job_id and e.language = '';
    end if;
    update aisubs.transcription_jobs j set indexed_revision = job.revision where j.job_id = job.job_id;
end $$;

-- Index what is not, the oldest first; returns how many texts were. With a holder only theirs, for one who asks now.
create function aisubs_api.index_texts(batch integer, holder jsonb default null) returns table (indexed bigint)
    language plpgsql as $$
declare
    job aisubs.transcription_jobs;
    done bigint := 0;
begin
    for job in
        select j.* from aisubs.transcription_jobs j
        where j.status = 'completed' and j.deleted_at is null and j.indexed_revision is distinct from j.revision
            and (coalesce(jsonb_typeof(index_texts.holder), 'null') = 'null'
                or aisubs_core.holds(index_texts.holder, j))
        order by j.completed_at limit batch
        for update skip locked  -- whoever saves just now, or indexes it
    loop
        perform aisubs_core.index_text(job);
        done := done + 1;
    end loop;
    return query select done;
end $$;

-- What `terms` (a JSON array of texts, the words of each standing next to each other) ask of a passage; with `prefix`
-- the last word may be a beginning. Null: nothing that could be found.
create function aisubs_core.question(terms jsonb, prefix boolean) returns tsquery language sql stable as $$
    select string_agg(t.words, ' & ' order by t.place)::tsquery
    from (
        select term.place, '(' || string_agg(
            quote_literal(w.word) || case when question.prefix and term.last and w.last then ':*' else '' end,
            ' <-> ' order by w.place) || ')' as words
        from (
            select e.term, e.place, e.place = jsonb_array_length(question.terms) as last
            from jsonb_array_elements_text(question.terms) with ordinality as e (term, place)
        ) term cross join lateral (
            select s.word, s.place, s.place = max(s.place) over () as last
            from regexp_split_to_table(trim(aisubs_core.searchable(term.term)), ' +') with ordinality as s (word, place)
            where s.word <> ''
        ) w
        group by term.place
    ) t $$;

-- Which of the holder's texts (of one job, `within`) answer the question, the newest job first: {job_id, found: how
-- many passages of it, hits, total: jobs over all pages}. `hits` are the first passages: {start_ms, paragraph} of a
-- corrected text, {start_ms, segments} of the machine's.
create function aisubs_api.search_texts(
    holder jsonb, terms jsonb, prefix boolean, within text, page integer, per_page integer, hits_per_job integer
) returns table (job_id uuid, found bigint, hits jsonb, total bigint) language plpgsql stable as $$
#variable_conflict use_column
declare
    wanted tsquery := aisubs_core.question(search_texts.terms, search_texts.prefix);
begin
    if wanted is null then
        return;
    end if;
    return query
    with mine as materialized (
        select j.job_id, j.created_at, j.result_job_id from aisubs_core.jobs_of(search_texts.holder) j
        where j.status = 'completed'
            and (search_texts.within is null or j.job_id = aisubs_core.to_job_id(search_texts.within))
    ), passages as materialized (
        select m.job_id, m.created_at, m.result_job_id, t.seq, t.start_ms,
            row_number() over (partition by m.job_id order by t.seq) as place
        from aisubs.text_index t join mine m using (job_id) where t.words @@ wanted
    ), jobs as (
        select p.job_id, p.created_at, count(*) as found, count(*) over () as total
        from passages p group by p.job_id, p.created_at
        order by p.created_at desc, p.job_id limit per_page offset (greatest(page, 1) - 1)::bigint * per_page
    )
    select j.job_id, j.found, (
        select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('start_ms', p.start_ms, 'paragraph', t.paragraph,
                'segments', w.segments)) order by p.seq)
        from passages p join aisubs.text_index t using (job_id, seq)
            left join aisubs.transcript_windows w
                on t.paragraph is null and w.job_id = p.result_job_id and w.seq = p.seq
        where p.job_id = j.job_id and p.place <= hits_per_job
    ), j.total
    from jobs j order by j.created_at desc, j.job_id;
end $$;
