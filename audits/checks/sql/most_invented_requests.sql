-- One row a request that names any item that is not in the catalogue, the one with most of them first.
-- uses: request_outcomes
select request_id
from request_outcomes
where n_out_of_catalogue > 0
order by n_out_of_catalogue desc, request_id
limit $n_rows
