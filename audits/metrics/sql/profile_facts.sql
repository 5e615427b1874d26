-- One row a request: mean popularity of what its user had before, and of what is delivered; null without any.
-- uses: list_facts, profile_popularity
-- kept
select f.run_id, f.request_id, f.user_id, f.request_no, p.profile_popularity,
    f.popularity_sum / nullif(f.n_judged, 0) as list_popularity
from list_facts f
left join profile_popularity p on p.request_no = f.request_no
