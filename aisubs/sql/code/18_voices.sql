-- Names across recordings. What an owner who opted in names in one job is suggested in the next, by the likeness of
-- voices, which workers measure (pipeline/speakers/know_voices.py). Prints are biometric data: without opting in none
-- is kept here, no holder gets to see one, and forgetting deletes them at once.

-- Has this owner opted in? Nobody's jobs are nobody's.
create function aisubs_core.knows_voices(owner_id text) returns boolean language sql stable as $$
    select exists (select from aisubs.voice_owners o where o.owner_id = knows_voices.owner_id) $$;

-- Opt in or out. Out deletes whatever is kept of voices beside what goes with each job anyway (`speaker_chunks`).
create function aisubs_api.switch_voices(holder jsonb, wanted boolean) returns void language plpgsql as $$
declare
    owner text := aisubs_core.owner_of(holder, 'voices_owner');
begin
    if switch_voices.wanted then
        insert into aisubs.voice_owners (owner_id) values (owner) on conflict do nothing;
        return;
    end if;
    delete from aisubs.voice_owners o where o.owner_id = owner;
    perform aisubs_core.forget_job_voices(owner);
end $$;

-- Those of the owner's jobs.
create function aisubs_core.forget_job_voices(owner_id text) returns void language sql volatile as $$
    delete from aisubs.job_voices v using aisubs.transcription_jobs j
    where j.job_id = v.job_id and j.owner_id = forget_job_voices.owner_id $$;

-- Whether the holder's owner opted in, and whom we know: never a print.
create function aisubs_api.list_voices(holder jsonb) returns table (enabled boolean, voices jsonb)
    language sql stable as $$
    select aisubs_core.knows_voices(list_voices.holder ->> 'owner_id'), coalesce((
        select jsonb_agg(jsonb_build_object('voice_id', v.voice_id, 'name', v.name, 'heard_at', v.heard_at,
            'recordings', p.recordings, 'heard_ms', p.heard_ms) order by v.name, v.voice_id)
        from aisubs.voices v
            cross join lateral (select count(distinct p.job_id) as recordings, coalesce(sum(p.heard_ms), 0) as heard_ms
                from aisubs.voice_prints p where p.voice_id = v.voice_id) p
        where v.owner_id = list_voices.holder ->> 'owner_id'), '[]') $$;

-- Forget one voice, or all (null): the prints, the suggestions, and in the jobs that it was learned from what it would
-- be learned from again. Raises `not_found` for one that is not the owner's.
create function aisubs_api.forget_voices(holder jsonb, voice_id text) returns table (forgotten bigint)
    language plpgsql as $$
declare
    owner text := aisubs_core.owner_of(holder, 'voices_owner');
    gone uuid[];
begin
    perform from aisubs.voice_owners o where o.owner_id = owner for update;  -- nothing is learned meanwhile
    gone := array(select v.voice_id from aisubs.voices v
        where v.owner_id = owner
            and (forget_voices.voice_id is null or v.voice_id = aisubs_core.to_job_id(forget_voices.voice_id)));
    if forget_voices.voice_id is null then
        perform aisubs_core.forget_job_voices(owner);
    elsif gone = '{}' then
        perform aisubs_core.refuse('not_found');
    else
        delete from aisubs.job_voices v using aisubs.voice_prints p
        where p.voice_id = any (gone) and p.job_id = v.job_id and p.speaker = v.speaker;
        -- And where it was recognised: what is kept of the voice there is a print of it all the same.
        delete from aisubs.job_voices v where v.suggested = any (gone);
    end if;
    delete from aisubs.voices v where v.voice_id = any (gone);
    return query select cardinality(gone)::bigint;
end $$;

-- The voices that a job's owner knows, to compare with: {voice_id, name, network, print, heard_ms} for each print.
create type aisubs_core.known_voices as (enabled boolean, prints jsonb);
create function aisubs_core.voices_known_to(owner_id text) returns aisubs_core.known_voices language sql stable as $$
    select row(aisubs_core.knows_voices(voices_known_to.owner_id), coalesce((
        select jsonb_agg(jsonb_build_object('voice_id', v.voice_id, 'name', v.name, 'network', p.network,
            'print', encode(p.print, 'base64'), 'heard_ms', p.heard_ms) order by v.name, p.job_id, p.speaker)
        from aisubs.voices v join aisubs.voice_prints p using (voice_id)
        where v.owner_id = voices_known_to.owner_id), '[]'))::aisubs_core.known_voices $$;

-- Those of the owner of the job that this worker has.
create function aisubs_api.read_claimed_voices(job_id uuid, fence bigint) returns setof aisubs_core.known_voices
    language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.must_lease(job_id, fence);
begin
    return next aisubs_core.voices_known_to(job.owner_id);
end $$;

-- Those of the owner of the holder's own job: for deciding its speakers anew. No route shows them to anybody.
create function aisubs_api.read_known_voices(job_id text, holder jsonb) returns setof aisubs_core.known_voices
    language plpgsql stable as $$
declare
    job aisubs.transcription_jobs := aisubs_core.held_job(job_id, holder);
begin
    return next aisubs_core.voices_known_to(job.owner_id);
end $$;

-- The voices of a job in the place of those before: {speaker, network, print, heard_ms, voice_id, similarity}, the last
-- two of whom it resembles. Nothing is kept for an owner who has opted out, meanwhile too.
create function aisubs_core.keep_voices(job aisubs.transcription_jobs, voices jsonb) returns void
    language plpgsql as $$
begin
    perform from aisubs.voice_owners o where o.owner_id = keep_voices.job.owner_id for share;
    if not found then
        return;  -- opting out has deleted what there was
    end if;
    delete from aisubs.job_voices v where v.job_id = keep_voices.job.job_id;
    insert into aisubs.job_voices (job_id, speaker, network, print, heard_ms, suggested, similarity)
    select keep_voices.job.job_id, n.speaker, n.network, decode(n.print, 'base64'), n.heard_ms, v.voice_id,
        case when v.voice_id is not null then n.similarity end
    from jsonb_to_recordset(keep_voices.voices) as n (
            speaker text, network text, print text, heard_ms bigint, voice_id uuid, similarity real)
        left join aisubs.voices v on v.voice_id = n.voice_id and v.owner_id = keep_voices.job.owner_id;
    update aisubs.voices v set heard_at = now()
    where v.voice_id in (select k.suggested from aisubs.job_voices k where k.job_id = keep_voices.job.job_id);
end $$;

-- What the worker has found.
create function aisubs_api.save_voices(job_id uuid, fence bigint, voices jsonb) returns void language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.must_lease(job_id, fence);
begin
    perform aisubs_core.keep_voices(job, save_voices.voices);
end $$;

-- What was found when the speakers were decided anew.
create function aisubs_api.replace_voices(job_id text, holder jsonb, voices jsonb) returns void language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_held_job(job_id, holder);
begin
    perform aisubs_core.keep_voices(job, replace_voices.voices);
end $$;

-- A job that takes a result over has the voices of its original, too. Only between jobs of one owner.
create function aisubs_core.share_voices(original_id uuid, job_id uuid) returns void language sql volatile as $$
    insert into aisubs.job_voices (job_id, speaker, network, print, heard_ms, suggested, similarity)
    select j.job_id, v.speaker, v.network, v.print, v.heard_ms, v.suggested, v.similarity
    from aisubs.transcription_jobs j
        join aisubs.transcription_jobs o on o.job_id = share_voices.original_id and o.owner_id = j.owner_id
        join aisubs.job_voices v on v.job_id = o.job_id
    where j.job_id = share_voices.job_id and aisubs_core.knows_voices(j.owner_id)
    on conflict do nothing $$;

-- Whom the voices of the holder's own job resemble, as long as nobody has named them.
create function aisubs_api.list_suggestions(job_id text, holder jsonb)
    returns table (speaker text, suggested_name text, similarity real) language plpgsql stable as $$
declare
    job aisubs.transcription_jobs := aisubs_core.held_job(job_id, holder);
begin
    return query select k.speaker, v.name, k.similarity
        from aisubs.job_voices k join aisubs.voices v on v.voice_id = k.suggested and v.owner_id = job.owner_id
        where k.job_id = job.job_id and not exists (select from aisubs.transcript_edits e
            where e.job_id = job.job_id and e.language = '' and (e.document -> 'speakers' ->> k.speaker) is not null)
        order by k.speaker;
end $$;

-- It is somebody else: suggested no more.
create function aisubs_api.decline_suggestion(job_id text, holder jsonb, speaker text) returns void
    language plpgsql as $$
declare
    job aisubs.transcription_jobs := aisubs_core.lock_held_job(job_id, holder);
begin
    update aisubs.job_voices k set suggested = null, similarity = null
    where k.job_id = job.job_id and k.speaker = decline_suggestion.speaker;
end $$;

-- What the text names now is what we know of this job's voices: called with each revision, so that a name that was
-- taken back is no longer learned from here. Whoever holds the job teaches its owner: a browser edits what it has
-- uploaded by the job's own token. Of each owner the newest thousand prints are kept.
create function aisubs_core.learn_voices(job aisubs.transcription_jobs, document json) returns void
    language plpgsql as $$
begin
    perform from aisubs.voice_owners o where o.owner_id = job.owner_id for update;
    if not found then
        return;
    end if;
    delete from aisubs.voice_prints p where p.job_id = job.job_id and not exists (
        select from aisubs_core.named_voices(job.job_id, document) n join aisubs.voices v on v.name = n.name
        where v.voice_id = p.voice_id and n.speaker = p.speaker and n.print = p.print);
    insert into aisubs.voices (owner_id, name)
    select distinct job.owner_id, n.name from aisubs_core.named_voices(job.job_id, document) n
    on conflict do nothing;
    with learned as (
        insert into aisubs.voice_prints (voice_id, job_id, speaker, network, print, heard_ms)
        select v.voice_id, job.job_id, n.speaker, n.network, n.print, n.heard_ms
        from aisubs_core.named_voices(job.job_id, document) n
            join aisubs.voices v on v.owner_id = job.owner_id and v.name = n.name
        on conflict do nothing returning voice_id
    )
    update aisubs.voices v set heard_at = now() from learned where learned.voice_id = v.voice_id;
    delete from aisubs.voice_prints p using (
        select p.job_id, p.speaker from aisubs.voice_prints p join aisubs.voices v using (voice_id)
        where v.owner_id = job.owner_id order by p.learned_at desc, p.job_id, p.speaker offset 1000
    ) old where p.job_id = old.job_id and p.speaker = old.speaker;
    perform aisubs_core.drop_silent_voices(job.owner_id);
end $$;

-- A name without a print is nobody.
create function aisubs_core.drop_silent_voices(owner_id text) returns void language sql volatile as $$
    delete from aisubs.voices v where v.owner_id = drop_silent_voices.owner_id
        and not exists (select from aisubs.voice_prints p where p.voice_id = v.voice_id) $$;

-- Of a job the voices that its text names.
create function aisubs_core.named_voices(job_id uuid, document json)
    returns table (speaker text, name text, network text, print bytea, heard_ms bigint) language sql stable as $$
    select k.speaker, n.value, k.network, k.print, k.heard_ms
    from json_each_text(coalesce(named_voices.document -> 'speakers', '{}')) n
        join aisubs.job_voices k on k.job_id = named_voices.job_id and k.speaker = n.key $$;

-- Whoever deletes a recording takes back what was learned from it. (Retention does not: a voice is for later.)
create function aisubs_core.unlearn_voices(job aisubs.transcription_jobs) returns void language plpgsql as $$
begin
    delete from aisubs.voice_prints p where p.job_id = unlearn_voices.job.job_id;
    if found then
        perform aisubs_core.drop_silent_voices(unlearn_voices.job.owner_id);
    end if;
end $$;

-- A voice that nobody has named or recognised for a year is forgotten, as those of a lost library key would never be.
create function aisubs_core.expire_voices() returns void language sql volatile as $$
    delete from aisubs.voices v where v.heard_at < now() - interval '1 year' $$;
