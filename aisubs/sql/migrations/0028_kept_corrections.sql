-- A translation that people have corrected is brought up to date, and what they wrote stays.
alter table aisubs.translations
    add column corrected integer[] not null default '{}',  -- the sentences that its newest text has in people's words
    add column remade jsonb;                    -- what it takes to put these into it again when it is done; null: none
alter table aisubs.translated_sentences
    add column kept jsonb;                      -- {text, source}: people's words, and for which sentence they were
