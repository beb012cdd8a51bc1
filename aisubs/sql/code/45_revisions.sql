-- Edited text. What an edit does to the text is decided in Python (model/operations.py); here, only that each edit is
-- based on the newest text, by somebody who may write, and that the history stays within bounds. `language` is that of
-- a translation, which has a line of its own; '' is the text of the recording.

-- The number of the newest text of a line. Raises `not_finished`, `translation_not_found`.
create function aisubs_core.newest_of(job aisubs.transcription_jobs, language text) returns integer
    language plpgsql stable as $$
begin
    if newest_of.language <> '' then
        return (aisubs_core.must_have_translation(job.job_id, newest_of.language, true)).revision;
    end if;
    return job.revision;
end $$;

-- What an edit begins with: the newest text, if this holder may change it. No row: nobody has edited it yet.
create function aisubs_api.open_revision(job_id text, holder jsonb, language text default '')
    returns table (revision integer, document json, saved_at timestamptz) language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_held_job(job_id, holder);
begin
    if job.status <> 'completed' then
        perform aisubs_core.refuse('not_finished', jsonb_build_object('status', job.status));
    end if;
    perform aisubs_core.newest_of(job, open_revision.language);
    return query select e.revision, e.document, e.saved_at from aisubs.transcript_edits e
        where e.job_id = job.job_id and e.language = open_revision.language;
end $$;

-- One more revision of a line. The oldest steps back are dropped when there are more than `kept_revisions` of them, or
-- when all together are larger than `kept_bytes`; the newest always stays.
create function aisubs_core.add_revision(
    job_id uuid, language text, revision integer, document json, undo json, changes integer, restored_from integer,
    kept_revisions integer, kept_bytes bigint
) returns void language plpgsql as $$
begin
    insert into aisubs.transcript_edits as e (job_id, language, revision, document)
    values (add_revision.job_id, add_revision.language, add_revision.revision, add_revision.document)
    on conflict on constraint transcript_edits_pkey do update set
        revision = excluded.revision, document = excluded.document, saved_at = excluded.saved_at;
    insert into aisubs.transcript_revisions
        (job_id, language, revision, saved_at, changes, restored_from, undo, undo_bytes)
    values (add_revision.job_id, add_revision.language, add_revision.revision, now(), add_revision.changes,
        add_revision.restored_from, add_revision.undo, octet_length(add_revision.undo::text));
    delete from aisubs.transcript_revisions r using (
        select s.revision, sum(s.undo_bytes) over (order by s.revision desc) as bytes
        from aisubs.transcript_revisions s
        where s.job_id = add_revision.job_id and s.language = add_revision.language
    ) held
    where r.job_id = add_revision.job_id and r.language = add_revision.language and r.revision = held.revision
        and r.revision < add_revision.revision
        and (r.revision <= add_revision.revision - kept_revisions or held.bytes > kept_bytes);
end $$;

-- A list of numbers in JSON as an array.
create function aisubs_core.numbers(list jsonb) returns integer[] language sql immutable as $$
    select coalesce(array_agg(n::integer), '{}') from jsonb_array_elements_text(list) n $$;

-- Save the text that was made out of revision `based_on`. Of a translation: `corrected` are the sentences in it that
-- are people's words; with `settled` somebody has looked at this one.
create function aisubs_api.save_revision(
    job_id text, holder jsonb, based_on integer, document json, undo json, changes integer, restored_from integer,
    kept_revisions integer, kept_bytes bigint, language text default '', corrected jsonb default '[]',
    settled integer default null
) returns table (revision integer, saved_at timestamptz) language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_held_job(job_id, holder);
    newest integer;
begin
    if job.status <> 'completed' then
        perform aisubs_core.refuse('not_finished', jsonb_build_object('status', job.status));
    end if;
    newest := aisubs_core.newest_of(job, save_revision.language);
    if newest <> save_revision.based_on then
        perform aisubs_core.refuse('revision_conflict', jsonb_build_object('newest', newest));
    end if;
    perform aisubs_core.add_revision(job.job_id, save_revision.language, newest + 1, save_revision.document,
        save_revision.undo, save_revision.changes, save_revision.restored_from, kept_revisions, kept_bytes);
    if save_revision.language <> '' then
        update aisubs.translations t set revision = newest + 1, version = t.version + 1,
            corrected = aisubs_core.numbers(save_revision.corrected)
        where t.job_id = job.job_id and t.language = save_revision.language;
        update aisubs.translated_sentences x set kept = null
        where x.job_id = job.job_id and x.language = save_revision.language and x.seq = settled;
        return query select newest + 1, now();
        return;
    end if;
    -- What lies beside a dropped file is the text before this one: list_unmirrored (50_upkeep.sql) names it.
    update aisubs.transcription_jobs j set revision = newest + 1, edited_at = now(), mirrored_at = null
    where j.job_id = job.job_id;
    perform aisubs_core.learn_voices(job, save_revision.document);
    return query select newest + 1, now();
end $$;

-- The number of the newest text; 0 is the machine's.
create function aisubs_api.newest_revision(job_id text, holder jsonb, language text default '')
    returns table (newest integer) language plpgsql stable as $$
declare
    seen record := aisubs_core.seen_job(job_id, holder);
begin
    return query select aisubs_core.newest_of(seen.job, newest_revision.language);
end $$;

-- The newest text, and the steps that lead back from it to `revision` (null: the newest). No row: nobody has edited it.
create function aisubs_api.read_revision(
    job_id text, holder jsonb, revision integer default null, language text default ''
)
    returns setof aisubs_core.text_row language plpgsql stable as $$
declare
    seen record := aisubs_core.seen_job(job_id, holder);
begin
    if read_revision.revision <> aisubs_core.newest_of(seen.job, read_revision.language) then
        perform aisubs_core.must_share_history(seen.share);
    end if;
    return query select * from aisubs_core.text_of(seen.job, read_revision.revision, read_revision.language);
end $$;

-- The history that can still be gone back in, newest first.
create function aisubs_api.list_revisions(job_id text, holder jsonb, language text default '')
    returns table (revision integer, saved_at timestamptz, changes integer, restored_from integer)
    language plpgsql stable as $$
declare
    seen record := aisubs_core.seen_job(job_id, holder);
begin
    perform aisubs_core.must_share_history(seen.share);
    return query select r.revision, r.saved_at, r.changes, r.restored_from from aisubs.transcript_revisions r
        where r.job_id = (seen.job).job_id and r.language = list_revisions.language order by r.revision desc;
end $$;
