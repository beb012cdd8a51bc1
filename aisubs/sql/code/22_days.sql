-- What one sender may announce, and have worked on again, in a day.

-- Count these jobs and bytes, or refuse them when the day's are used up; null is no limit. What is refused counts for
-- nothing. Call it under lock_admission.
create function aisubs_core.admit_day(
    sender text, jobs bigint, bytes bigint, jobs_per_day bigint, bytes_per_day bigint
) returns void language plpgsql as $$
declare
    today date := (now() at time zone 'UTC')::date;
    used aisubs.sender_days;
begin
    insert into aisubs.sender_days as d (sender, day, jobs, bytes)
    values (admit_day.sender, today, admit_day.jobs, admit_day.bytes)
    on conflict on constraint sender_days_pkey do update
        set jobs = d.jobs + excluded.jobs, bytes = d.bytes + excluded.bytes
    returning d.* into used;
    if used.jobs > admit_day.jobs_per_day or used.bytes > admit_day.bytes_per_day then
        perform aisubs_core.refuse('day_used_up', jsonb_build_object('jobs', used.jobs - admit_day.jobs,
            'retry_after_s',
            ceil(extract(epoch from (today + 1)::timestamp at time zone 'UTC' - now()))));
    end if;
end $$;

-- Days that no longer count.
create function aisubs_core.forget_days() returns void language sql volatile as $$
    delete from aisubs.sender_days d where d.day < (now() at time zone 'UTC')::date $$;
