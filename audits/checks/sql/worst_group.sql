-- One row a run: the value of the judged group that is served worst, and the users in the judged groups.
-- uses: judged_groups
select run_id, case when $higher_is_better then min(measured) else max(measured) end as measured,
    sum(n_users) as n_units
from judged_groups
group by run_id
having count(*) > 1
order by run_id
