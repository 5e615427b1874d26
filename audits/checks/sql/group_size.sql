-- One row a run: the users in scope.
-- uses: scope
select run_id, count(distinct user_id) as n_users
from scope
group by run_id
order by run_id
