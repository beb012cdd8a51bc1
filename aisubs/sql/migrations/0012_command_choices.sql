-- How a command's file was written beyond its profile: by name, as the format takes them (aisubs/formats/choices.py).
alter table aisubs.command_files add column choices jsonb not null default '{}';
