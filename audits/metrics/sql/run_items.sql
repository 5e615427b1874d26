-- One row a run and catalogue item, numbered: an item has the same number in all runs of a dataset.
-- uses: scope, numbered_requests
-- kept
select f.run_id, f.run_no, f.dataset_fingerprint, i.item_id, i.item_no
from (
    select distinct s.run_id, n.run_no, s.dataset_fingerprint
    from (select distinct run_id, dataset_fingerprint from scope) s
    join (select distinct run_id, run_no from numbered_requests) n on n.run_id = s.run_id
) f
join (
    select c.dataset_fingerprint, c.item_id,
        cast(row_number() over (order by c.dataset_fingerprint, c.item_id) as integer) as item_no
    from items c
    where c.dataset_fingerprint in (select distinct z.dataset_fingerprint from scope z)
) i on i.dataset_fingerprint = f.dataset_fingerprint
