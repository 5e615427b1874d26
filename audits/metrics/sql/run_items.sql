-- One row a run and catalogue item, numbered: an item has the same number in all runs of a dataset.
-- uses: run_numbers
-- kept
select r.run_id, r.run_no, r.dataset_fingerprint, i.item_id, i.item_no
from run_numbers r
join (
    select c.dataset_fingerprint, c.item_id,
        cast(row_number() over (order by c.dataset_fingerprint, c.item_id) as integer) as item_no
    from items c
    where c.dataset_fingerprint in (select distinct z.dataset_fingerprint from run_numbers z)
) i on i.dataset_fingerprint = r.dataset_fingerprint
