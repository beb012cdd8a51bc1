-- Texts in other languages: asked for by owners, made sentence by sentence by whoever claims them (a duty of the local
-- edition, the sweep of the cloud's, a command), read by everybody who may read the job. What a translator is asked is
-- decided in Python (pipeline/translation); here, only who may, what was saved, and that nobody's claim is two's.

create type aisubs_core.translation_row as (
    language text, state text, sentences bigint, done bigint, untranslated bigint, doubtful bigint,
    corrected integer, to_check bigint,
    source_language text, source_revision integer, revision integer, version bigint, glossary jsonb,
    translator text, sent_to text, tokens bigint, requests bigint, error_code text, error_message text,
    requested_at timestamptz, finished_at timestamptz, not_before timestamptz);

-- What people have put into their own words is no loss any more; `to_check` of these were for a sentence that the
-- original has in other words now. By a link neither the glossary is shown nor what it has cost.
create function aisubs_core.translations_of(job_id uuid, language text default null, by_link boolean default false)
    returns setof aisubs_core.translation_row language sql stable as $$
    select t.language, t.state, s.sentences, s.done, s.untranslated, s.doubtful, cardinality(t.corrected), s.to_check,
        t.source_language, t.source_revision,
        t.revision, t.version, case when by_link then '[]' else t.glossary end, t.translator, t.sent_to,
        case when by_link then 0 else coalesce(p.tokens, 0) end,
        case when by_link then 0 else coalesce(p.requests, 0) end,
        t.error_code, t.error_message, t.requested_at, t.finished_at, t.not_before
    from aisubs.translations t
        left join aisubs.translation_spending p on p.job_id = t.job_id
        cross join lateral (
            select count(*) as sentences, count(*) filter (where x.state <> 'waiting') as done,
                count(*) filter (where x.state = 'untranslated' and x.seq <> all (t.corrected)) as untranslated,
                count(*) filter (where x.doubts <> '[]' and x.seq <> all (t.corrected)) as doubtful,
                count(*) filter (where x.kept ->> 'source' <> x.source ->> 'text') as to_check
            from aisubs.translated_sentences x where x.job_id = t.job_id and x.language = t.language) s
    where t.job_id = translations_of.job_id
        and (translations_of.language is null or t.language = translations_of.language)
    order by t.language $$;

-- Ask for a language, or to go on with one, or to make anew what has been corrected in the original since. `sentences`
-- is all there is of the text now ([{source, state, kept}], in order); what was translated of the very same sentence at
-- the same place under the same glossary stays. Of one that people have corrected, `remade` says of which revision what
-- they wrote is kept ({revision, speakers, overlaps, duration_ms}), which must be the newest.
create function aisubs_api.request_translation(
    job_id text, holder jsonb, language text, source_language text, source_revision integer, glossary jsonb,
    shifts jsonb, sentences jsonb, at_most integer, remade jsonb default null
) returns setof aisubs_core.translation_row language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_held_job(job_id, holder);
    old aisubs.translations;
    is_new boolean;
begin
    if job.status <> 'completed' then
        perform aisubs_core.refuse('not_finished', jsonb_build_object('status', job.status));
    end if;
    select * into old from aisubs.translations t
    where t.job_id = job.job_id and t.language = request_translation.language for update;
    is_new := not found;
    if is_new and (select count(*) from aisubs.translations t where t.job_id = job.job_id) >= at_most then
        perform aisubs_core.refuse('too_many_translations', jsonb_build_object('limit', at_most));
    elsif old.revision > 0 and (remade ->> 'revision')::integer is distinct from old.revision then
        perform aisubs_core.refuse('revision_conflict', jsonb_build_object('newest', old.revision));
    end if;
    insert into aisubs.translations as t (
        job_id, language, state, source_language, source_revision, shifts, glossary, remade)
    values (job.job_id, request_translation.language, 'waiting', request_translation.source_language,
        request_translation.source_revision, request_translation.shifts, request_translation.glossary,
        request_translation.remade)
    on conflict on constraint translations_pkey do update set
        state = 'waiting', source_language = excluded.source_language, source_revision = excluded.source_revision,
        shifts = excluded.shifts, glossary = excluded.glossary, fence = t.fence + 1, leased_until = null,
        not_before = null, attempts = 0, error_code = null, error_message = null, version = t.version + 1,
        finished_at = null, remade = excluded.remade, corrected = '{}';
    update aisubs.translated_sentences s set seq = -1 - s.seq
    where s.job_id = job.job_id and s.language = request_translation.language;
    insert into aisubs.translated_sentences (job_id, language, seq, source, state, text, doubts, kept)
    select job.job_id, request_translation.language, f.place - 1, f.row -> 'source',
        coalesce(o.state, f.row ->> 'state'), o.text, coalesce(o.doubts, '[]'), f.row -> 'kept'
    from jsonb_array_elements(sentences) with ordinality f (row, place)
        left join aisubs.translated_sentences o on o.job_id = job.job_id and o.language = request_translation.language
            and o.seq < 0 and f.row ->> 'state' = 'waiting' and old.glossary = request_translation.glossary
            and o.source ->> 'text' = f.row -> 'source' ->> 'text'
            and o.source -> 'starts' -> 0 is not distinct from f.row -> 'source' -> 'starts' -> 0
            and o.source -> 'own' is not distinct from f.row -> 'source' -> 'own'
            -- A loss gets another chance, but not from whoever goes on after a crash: the outcome is to be the same.
            and (o.state = 'translated' or o.state = 'untranslated' and old.state <> 'completed')
    on conflict do nothing;  -- two of one sentence at one time: either will do
    delete from aisubs.translated_sentences s
    where s.job_id = job.job_id and s.language = request_translation.language and s.seq < 0;
    return query select * from aisubs_core.translations_of(job.job_id, request_translation.language);
end $$;

-- All languages that there are of a job, or are being made.
create function aisubs_api.list_translations(job_id text, holder jsonb) returns setof aisubs_core.translation_row
    language plpgsql stable as $$
declare
    seen record := aisubs_core.seen_job(job_id, holder);
begin
    return query select * from aisubs_core.translations_of(
        (seen.job).job_id, null, (seen.share).share_id is not null);
end $$;

-- Raises `translation_not_found`; with `finished` also `not_finished`.
create function aisubs_core.must_have_translation(job_id uuid, language text, finished boolean)
    returns aisubs.translations language plpgsql stable as $$
declare
    known aisubs.translations;
begin
    select * into known from aisubs.translations t
    where t.job_id = must_have_translation.job_id and t.language = must_have_translation.language;
    if not found then
        perform aisubs_core.refuse('translation_not_found', jsonb_build_object('language', language));
    elsif finished and known.state <> 'completed' then
        perform aisubs_core.refuse('not_finished', jsonb_build_object('status', known.state));
    end if;
    return known;
end $$;

-- One language, its sentences in order: [{seq, source, state, text, doubts, kept}].
create function aisubs_api.read_translation(job_id text, holder jsonb, language text)
    returns table (about jsonb, shifts jsonb, sentences json) language plpgsql stable as $$
declare
    seen record := aisubs_core.seen_job(job_id, holder);
    known aisubs.translations := aisubs_core.must_have_translation((seen.job).job_id, language, false);
begin
    return query select to_jsonb(r), known.shifts, (
            select coalesce(json_agg(json_build_object('seq', s.seq, 'source', s.source, 'state', s.state,
                'text', s.text, 'doubts', s.doubts, 'kept', s.kept) order by s.seq), '[]')
            from aisubs.translated_sentences s where s.job_id = known.job_id and s.language = known.language)
        from aisubs_core.translations_of(known.job_id, known.language, (seen.share).share_id is not null) r;
end $$;

-- Delete a language with all that people have corrected in it. What it has cost stays written down.
create function aisubs_api.delete_translation(job_id text, holder jsonb, language text) returns void
    language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_held_job(job_id, holder);
begin
    perform aisubs_core.must_have_translation(job.job_id, delete_translation.language, false);
    delete from aisubs.transcript_edits e where e.job_id = job.job_id and e.language = delete_translation.language;
    delete from aisubs.translations t where t.job_id = job.job_id and t.language = delete_translation.language;
end $$;
