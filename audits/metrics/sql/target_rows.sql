-- One row a held-out item of a request, by numbers, with its rating: each once, and only what is new to the user where a
-- run recommends nothing twice.
-- uses: run_numbers, known_rows
-- kept
select t.run_no, t.request_no, t.item_no, max(t.rating) as rating
from known_rows t
join run_numbers r on r.run_no = t.run_no
where t.is_held_out = 1
    and (
        r.allows_repeat_consumption
        or (
            not exists (
                select 1 from known_rows h
                where h.request_no = t.request_no and h.item_no = t.item_no and h.is_held_out = 0
            )
            and not exists (
                select 1 from known_rows u
                where u.request_no = t.request_no and u.unlisted_id = t.unlisted_id and u.is_held_out = 0
                    and u.unlisted_id is not null
            )
        )
    )
group by t.run_no, t.request_no, t.item_no, t.unlisted_id
