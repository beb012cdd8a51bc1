-- Which files beside recordings hold a text that a person corrected in the page: no machine's text replaces that.
alter table aisubs.written_files add column corrected_job uuid;  -- whose correction it is; the job may be gone by now
