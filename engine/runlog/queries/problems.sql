-- What is wrong with what the index was made from.
select problem from journals where problem is not null
union all
select problem from derived where problem is not null and producer is null
union all
select 'Run ' || r.run_id || ' rests on dataset ' || r.dataset_name || ' (' || left(r.dataset_fingerprint, 12)
    || '), which is not stored: histories, targets and group attributes of it are empty.'
from runs r
where r.dataset_fingerprint not in (select dataset_fingerprint from datasets)
order by 1
