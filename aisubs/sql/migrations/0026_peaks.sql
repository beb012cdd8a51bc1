-- How loud it is, a byte for every 16 ms of the window (aisubs/media/peaks.py); null: saved before this was kept.
alter table aisubs.transcript_windows add column peaks bytea;
