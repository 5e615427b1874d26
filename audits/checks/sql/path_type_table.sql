-- One row a run and path type: how many items have a first path of it, and a request where it is so.
-- uses: path_facts
select run_id, path_type, n_hops, count(*) as n_items, min(request_id) as request_id
from path_facts
where is_first = 1
group by run_id, path_type, n_hops
order by run_id, n_items desc, path_type, n_hops
