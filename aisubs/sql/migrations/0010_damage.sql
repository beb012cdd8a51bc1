-- What the file did not give of this tile: model/transcript.py Damage; null where nothing is missing.
alter table aisubs.transcript_windows add column damage jsonb;
