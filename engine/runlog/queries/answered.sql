-- Ids and numbers of some requests of a run that the index holds already.
select request_id, request_index
from store.requests
where run_id = $1 and (request_id in (select unnest($2::varchar[])) or request_index in (select unnest($3::bigint[])))
