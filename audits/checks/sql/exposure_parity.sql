-- One row a run: the widest difference in a group of items' share of exposure between the judged groups of users.
-- uses: exposure_spreads
select run_id, max(spread) as measured, max(n_units) as n_units
from exposure_spreads
group by run_id
order by run_id
