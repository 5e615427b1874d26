-- One row a run: lowest value of the judged groups / the highest, and the users in them.
-- uses: judged_groups
select run_id, min(measured) / nullif(max(measured), 0) as measured, sum(n_users) as n_units
from judged_groups
group by run_id
having count(*) > 1
order by run_id
