-- One row a run and catalogue item, zeros included: how often it was delivered, and its exposure, 1 / log2(1 + rank).
-- uses: run_items, item_exposure
-- kept
select i.run_id, i.run_no, i.item_id, i.item_no, coalesce(d.n_delivered, 0) as n_delivered,
    coalesce(d.exposure, 0.0) as exposure
from run_items i
left join item_exposure d on d.run_no = i.run_no and d.item_no = i.item_no
