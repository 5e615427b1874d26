-- One row an item that an answer names, once, at its place among them; one out of the catalogue by its text.
-- uses: variant_requests
select n.run_id, n.request_id, n.item_key,
    row_number() over (partition by n.run_id, n.request_id order by n.first_rank, n.item_key) as place
from (
    select q.run_id, q.request_id, min(s.slot_rank) as first_rank,
        coalesce(
            s.item_id,
            -- what lower() makes of these two letters depends on the engine
            concat('text: ', regexp_replace(
                lower(replace(replace(trim(s.raw_text), 'İ', 'i'), 'Σ', 'σ')), '^[0-9]+[.)] +', ''
            ))
        ) as item_key
    from variant_requests q
    join slots s on s.run_id = q.run_id and s.request_id = q.request_id
    where q.request_status = 'answered' and s.outcome not in ('missing', 'unparseable') and s.slot_rank <= q.list_k
    group by q.run_id, q.request_id, coalesce(
        s.item_id,
        concat('text: ', regexp_replace(
            lower(replace(replace(trim(s.raw_text), 'İ', 'i'), 'Σ', 'σ')), '^[0-9]+[.)] +', ''
        ))
    )
) n
