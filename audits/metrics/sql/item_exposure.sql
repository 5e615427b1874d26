-- One row a run and delivered item: how often it was delivered, and its exposure, 1 / log2(1 + rank) each time.
-- uses: placed
-- kept
-- in arrays: item_exposure
select run_no, item_no, count(*) as n_delivered, sum(1.0 / log2(1.0 + item_rank)) as exposure
from placed
group by run_no, item_no
