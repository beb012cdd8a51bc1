-- What a published transcript does not tell, or not for sure (aisubs/model/losses.py), told wherever the job is shown.
alter table aisubs.job_results add column losses jsonb;
