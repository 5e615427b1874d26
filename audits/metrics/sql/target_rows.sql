-- One row a held-out item of a request, by numbers, with its rating: each once, and only what is new to the user where a
-- run recommends nothing twice.
-- uses: run_numbers, known_rows
-- kept
select t.run_no, t.request_no, t.item_no, max(t.rating) as rating
from known_rows t
join run_numbers r on r.run_no = t.run_no
left join (
    select distinct h.request_no, h.item_no
    from known_rows h
    join known_rows o on o.request_no = h.request_no and o.item_no = h.item_no
    where h.is_held_out = 0 and o.is_held_out = 1
) k on k.request_no = t.request_no and k.item_no = t.item_no
left join (
    select distinct h.request_no, h.unlisted_id
    from known_rows h
    join known_rows o on o.request_no = h.request_no and o.unlisted_id = h.unlisted_id
    where h.is_held_out = 0 and o.is_held_out = 1
) u on u.request_no = t.request_no and u.unlisted_id = t.unlisted_id
where t.is_held_out = 1
    and (r.allows_repeat_consumption or (k.request_no is null and u.request_no is null))
group by t.run_no, t.request_no, t.item_no, t.unlisted_id
