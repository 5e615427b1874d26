-- One row a run: highest minus lowest value of the judged groups, and the users in them.
-- uses: judged_groups
select run_id, max(measured) - min(measured) as measured, sum(n_users) as n_units
from judged_groups
group by run_id
having count(*) > 1
order by run_id
