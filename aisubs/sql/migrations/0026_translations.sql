-- Texts of a job in other languages. Sentences are kept as they come, so that whoever goes on begins behind the last.
create table aisubs.translations (
    job_id uuid not null references aisubs.transcription_jobs on delete cascade,
    language text not null check (language ~ '^[a-z]{2,3}$'),
    state text not null check (state in ('waiting', 'working', 'completed', 'failed')),
    source_language text not null,
    source_revision integer not null,           -- of the text that it was made of
    shifts jsonb not null default '[]',         -- as of that text (model/document.py Document)
    glossary jsonb not null default '[]',       -- [[source, target], ...]
    translator text not null default '',
    sent_to text,                               -- the host that the text was sent to; null: nowhere
    fence bigint not null default 0,
    leased_until timestamptz,
    not_before timestamptz,
    attempts integer not null default 0,        -- faults in a row without a sentence between them
    error_code text,
    error_message text,
    revision integer not null default 0,        -- the newest of its own line; 0: as it was translated
    version bigint not null default 1,          -- rises with every change that a reader could see
    requested_at timestamptz not null default now(),
    finished_at timestamptz,
    primary key (job_id, language)
);
create index translations_open on aisubs.translations (requested_at) where state in ('waiting', 'working');

-- Each sentence of the text that was translated, once.
create table aisubs.translated_sentences (
    job_id uuid not null,
    language text not null,
    seq integer not null,
    source jsonb not null,                      -- model/translation.py Source
    state text not null check (state in ('waiting', 'translated', 'untranslated', 'same')),
    text text,
    doubts jsonb not null default '[]',
    primary key (job_id, language, seq),
    foreign key (job_id, language) references aisubs.translations on delete cascade,
    constraint translated_has_text check ((state = 'translated') = (text is not null))
);

-- What translating a recording has taken, all languages together. It stays when a translation is deleted: otherwise
-- whoever deletes and asks again could spend without end.
create table aisubs.translation_spending (
    job_id uuid primary key references aisubs.transcription_jobs on delete cascade,
    tokens bigint not null default 0,
    requests bigint not null default 0
);

-- Each language has revisions of its own; '' is the text of the recording.
alter table aisubs.transcript_revisions
    drop constraint transcript_revisions_job_id_fkey,
    drop constraint transcript_revisions_pkey,
    add column language text not null default '';
alter table aisubs.transcript_edits
    drop constraint transcript_edits_pkey,
    add column language text not null default '';
alter table aisubs.transcript_edits
    add constraint transcript_edits_pkey primary key (job_id, language);
alter table aisubs.transcript_revisions
    add constraint transcript_revisions_pkey primary key (job_id, language, revision),
    add constraint transcript_revisions_line_fkey foreign key (job_id, language)
        references aisubs.transcript_edits on delete cascade;
