-- Whoever makes translations: a claim with a lease and a fence, as workers have of jobs, so that two never write.

-- A list of names with one more, if it is not among them: whoever a text was sent to stays told.
create function aisubs_core.named_too(names text, one text) returns text language sql immutable as $$
    select case when coalesce(one, '') = '' or one = any (string_to_array(names, ', ')) then names
        else concat_ws(', ', nullif(names, ''), one) end $$;

-- Take what is waiting, or was left by somebody who is silent for too long; of a named one whoever comes last has it:
-- people who type a command again do not wait for the lease of the one that they have killed. No row: nothing to do.
-- `remade`: see request_translation; with the document in which people have corrected it, and the `shifts` of the text.
create function aisubs_api.claim_translation(
    lease_s double precision, translator text, sent_to text, wanted_job text default null,
    wanted_language text default null
) returns table (
    job_id uuid, language text, fence bigint, source_language text, glossary jsonb, attempts integer, tokens bigint,
    requests bigint, remade jsonb) language plpgsql as $$
declare
    taken aisubs.translations;
begin
    if claim_translation.wanted_job is null then
        select t.* into taken from aisubs.translations t join aisubs.transcription_jobs j on j.job_id = t.job_id
        where t.state in ('waiting', 'working') and j.deleted_at is null
            and coalesce(t.leased_until <= now(), true) and coalesce(t.not_before <= now(), true)
        order by t.requested_at, t.job_id, t.language limit 1 for update of t skip locked;
    else
        select t.* into taken from aisubs.translations t join aisubs.transcription_jobs j on j.job_id = t.job_id
        where t.job_id = aisubs_core.to_job_id(claim_translation.wanted_job)
            and t.language = claim_translation.wanted_language and t.state in ('waiting', 'working')
            and j.deleted_at is null
        for update of t;
    end if;
    if not found then
        return;
    end if;
    update aisubs.translations t
    set state = 'working', fence = t.fence + 1, leased_until = now() + make_interval(secs => lease_s),
        not_before = null, translator = aisubs_core.named_too(t.translator, claim_translation.translator),
        sent_to = aisubs_core.named_too(t.sent_to, claim_translation.sent_to),
        version = t.version + 1
    where t.job_id = taken.job_id and t.language = taken.language returning * into taken;
    return query select taken.job_id, taken.language, taken.fence, taken.source_language, taken.glossary,
        taken.attempts, coalesce(p.tokens, 0), coalesce(p.requests, 0),
        taken.remade || jsonb_build_object('shifts', taken.shifts, 'document', (
            select e.document from aisubs.transcript_edits e
            where e.job_id = taken.job_id and e.language = taken.language))
        from (select 1) one left join aisubs.translation_spending p on p.job_id = taken.job_id;
end $$;

-- The row, locked, if it is still this claim's. Raises `lost_lease`.
create function aisubs_core.must_translate(job_id uuid, language text, fence bigint) returns aisubs.translations
    language plpgsql as $$
declare
    claimed aisubs.translations;
begin
    select t.* into claimed from aisubs.translations t join aisubs.transcription_jobs j on j.job_id = t.job_id
    where t.job_id = must_translate.job_id and t.language = must_translate.language
        and t.fence = must_translate.fence and t.state = 'working' and j.deleted_at is null
    for update of t;
    if not found then
        perform aisubs_core.refuse('lost_lease');
    end if;
    return claimed;
end $$;

-- The sentences of a claimed translation with seq >= since_seq, in order.
create function aisubs_api.read_claimed_sentences(
    job_id uuid, language text, fence bigint, since_seq integer, max_rows integer
) returns table (seq integer, source jsonb, state text, text text, doubts jsonb, kept jsonb) language plpgsql as $$
declare
    claimed aisubs.translations := aisubs_core.must_translate(job_id, language, fence);
begin
    return query select s.seq, s.source, s.state, s.text, s.doubts, s.kept from aisubs.translated_sentences s
        where s.job_id = claimed.job_id and s.language = claimed.language and s.seq >= since_seq
        order by s.seq limit max_rows;
end $$;

-- Some sentences ([{seq, state, text, doubts}]), or none yet, with what was spent on them, all or nothing; the lease
-- begins anew.
create function aisubs_api.save_translated(
    job_id uuid, language text, fence bigint, sentences jsonb, tokens bigint, requests bigint, lease_s double precision
) returns void language plpgsql as $$
declare
    claimed aisubs.translations := aisubs_core.must_translate(job_id, language, fence);
begin
    update aisubs.translated_sentences s set state = n.state, text = n.text, doubts = n.doubts
    from jsonb_to_recordset(save_translated.sentences) as n (seq integer, state text, text text, doubts jsonb)
    where s.job_id = claimed.job_id and s.language = claimed.language and s.seq = n.seq;
    insert into aisubs.translation_spending as p (job_id, tokens, requests)
    values (claimed.job_id, save_translated.tokens, save_translated.requests)
    on conflict on constraint translation_spending_pkey do update
    set tokens = p.tokens + excluded.tokens, requests = p.requests + excluded.requests;
    update aisubs.translations t
    set leased_until = now() + make_interval(secs => lease_s), version = t.version + 1, error_code = null,
        error_message = null, attempts = case when save_translated.sentences = '[]' then t.attempts else 0 end
    where t.job_id = claimed.job_id and t.language = claimed.language;
end $$;

-- The end of a claim: `completed`, which takes every sentence; `failed`; or `waiting` for whoever comes next, after
-- `retry_in_s`. Without an error nobody has failed: it is handed over. `remade` is the revision with what people wrote
-- in it: {document, undo, changes, corrected, kept_revisions, kept_bytes}, as save_revision takes them.
create function aisubs_api.end_translation(
    job_id uuid, language text, fence bigint, state text, error_code text, error_message text,
    retry_in_s double precision, remade json default null
) returns void language plpgsql as $$
declare
    claimed aisubs.translations := aisubs_core.must_translate(job_id, language, fence);
begin
    if end_translation.state = 'completed' and exists (select from aisubs.translated_sentences s
            where s.job_id = claimed.job_id and s.language = claimed.language and s.state = 'waiting') then
        perform aisubs_core.refuse('incomplete');
    end if;
    if end_translation.state = 'completed' and claimed.remade is not null then
        perform aisubs_core.add_revision(claimed.job_id, claimed.language, claimed.revision + 1,
            end_translation.remade -> 'document', end_translation.remade -> 'undo',
            (end_translation.remade ->> 'changes')::integer, null,
            (end_translation.remade ->> 'kept_revisions')::integer, (end_translation.remade ->> 'kept_bytes')::bigint);
        update aisubs.translations t set revision = claimed.revision + 1, remade = null,
            corrected = aisubs_core.numbers((end_translation.remade -> 'corrected')::jsonb)
        where t.job_id = claimed.job_id and t.language = claimed.language;
    end if;
    update aisubs.translations t
    set state = end_translation.state, error_code = end_translation.error_code,
        error_message = end_translation.error_message, leased_until = null, version = t.version + 1,
        attempts = t.attempts + (end_translation.error_code is not null)::integer,
        not_before = case when end_translation.state = 'waiting' then now() + make_interval(secs => retry_in_s) end,
        finished_at = case when end_translation.state in ('completed', 'failed') then now() end
    where t.job_id = claimed.job_id and t.language = claimed.language;
end $$;
