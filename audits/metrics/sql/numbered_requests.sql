-- One row a request in scope, numbered: numbers join far faster than names.
-- uses: scope
-- kept
select q.run_id, q.request_id, q.user_id, q.request_status, q.repeat_index, q.requested_k, q.list_k, r.run_no,
    cast(row_number() over (order by q.run_id, q.request_id) as integer) as request_no
from scope q
join (
    select x.run_id, cast(row_number() over (order by x.run_id) as integer) as run_no
    from (select distinct run_id from scope) x
) r on r.run_id = q.run_id
