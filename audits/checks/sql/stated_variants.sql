-- One row a run, attribute and value that its requests state.
-- uses: variant_requests
select distinct run_id, attribute, stated_value
from variant_requests
where variant <> $variant
order by run_id, attribute, stated_value
