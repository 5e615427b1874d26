-- One row a run and user: how far the answers to the neutral request differ; null where it was answered once.
-- uses: variant_requests, neutral_similarity
select u.run_id, u.user_id, 1.0 - s.chosen as difference
from (select distinct run_id, user_id from variant_requests) u
left join neutral_similarity s on s.run_id = u.run_id and s.user_id = u.user_id and s.variant = $variant
order by u.run_id, u.user_id
