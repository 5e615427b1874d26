-- One row a request with rated held-out items: how many, and the best rating.
-- uses: target_rows
-- kept
select request_no, count(*) as n_rated, max(rating) as best_rating, greatest(max(rating), 0.0) as best
from target_rows
where rating is not null
group by request_no
