-- One row a run and user, in the order of their names: agreement of the user's answers to the same request, mean over
-- pairs; null where there is no pair of answers of which one names anything.
-- uses: scope, repeat_overlap
select u.run_id, u.user_id, avg(o.jaccard) as jaccard, avg(o.rbo) as rbo, avg(o.same_top) as same_top
from (select distinct run_id, user_id from scope) u
left join repeat_overlap o on o.run_id = u.run_id and o.user_id = u.user_id
group by u.run_id, u.user_id
order by u.run_id, u.user_id
