-- One row a batch of calls that say when their first token was there: the milliseconds until then, and its calls.
-- Calls of a batch share their time and its size, so that two batches of equal time are told apart by counting.
-- uses: first_token_places
select x.run_id, x.first_token_ms, floor((x.place - 1) / nullif(x.batch_size, 0)) as batch_no, count(*) as n_calls
from (
    select p.run_id, p.first_token_ms, g.batch_size,
        row_number() over (
            partition by p.run_id, p.first_token_ms, g.batch_size
            order by p.request_id, p.generation_index
        ) as place
    from first_token_places p
    join generations g on g.run_id = p.run_id and g.request_id = p.request_id
        and g.generation_index = p.generation_index
) x
group by x.run_id, x.first_token_ms, x.batch_size, floor((x.place - 1) / nullif(x.batch_size, 0))
order by x.run_id, x.first_token_ms, batch_no
