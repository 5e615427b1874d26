-- One row a request and path type: how many of its items have a first path of that type.
-- uses: path_facts
select run_id, request_id, dataset_fingerprint, path_type, count(*) as n_items,
    sum(count(*)) over (partition by run_id, request_id) as n_paths
from path_facts
where is_first = 1
group by run_id, request_id, dataset_fingerprint, path_type
