-- What `progress_ms` was when the present worker took the job: whether its attempt got further.
alter table aisubs.transcription_jobs add column attempt_from_ms bigint not null default 0;
