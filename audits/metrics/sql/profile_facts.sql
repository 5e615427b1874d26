-- One row a request: mean popularity of what its user had before, and of what is delivered; null without any.
-- uses: scope, numbered_requests, run_items, placed, history_rows, popularity, list_facts
-- kept
select f.run_id, f.request_id, f.user_id, p.profile_popularity,
    f.popularity_sum / nullif(f.n_judged, 0) as list_popularity
from list_facts f
left join (
    select h.request_no, avg(cast(c.n_interactions as double)) as profile_popularity
    from history_rows h
    join popularity c on c.run_no = h.run_no and c.item_no = h.item_no
    group by h.request_no
) p on p.request_no = f.request_no
