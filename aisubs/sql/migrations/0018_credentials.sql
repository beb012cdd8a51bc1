-- Whose worker has claimed the job: the credential that was made for that one execution (16_components.sql). Null: a
-- worker that has none, with the service role's rights.
alter table aisubs.transcription_jobs add column credential uuid;
