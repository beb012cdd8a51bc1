-- A link may be made with the history of the text; by default it shows the newest text alone.
alter table aisubs.job_shares add column include_history boolean not null default false;
