-- One row a call that says when its first token was there: the milliseconds until then, and its place, the quickest first.
-- uses: scope
select q.run_id, q.request_id, g.generation_index, g.first_token_ms,
    count(*) over (partition by q.run_id) as n_timed,
    row_number() over (
        partition by q.run_id order by g.first_token_ms, q.request_id, g.generation_index
    ) as first_token_place
from scope q
join generations g on g.run_id = q.run_id and g.request_id = q.request_id
where g.first_token_ms is not null
