-- One row a request that failed.
-- uses: scope
select request_id
from scope
where request_status <> 'answered'
order by request_id
limit $n_rows
