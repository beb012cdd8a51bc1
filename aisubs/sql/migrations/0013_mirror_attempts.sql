-- Results that could not be put beside their recording wait longer each time, so that they hold up no others.
alter table aisubs.transcription_jobs
    add column mirror_attempts integer not null default 0,
    add column mirror_after timestamptz;
