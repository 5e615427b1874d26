-- One row a user whose hinted item rose and for whom anything was said: share of the requests that own to the hint.
-- uses: lab_said
select lab_run_id, base_run_id, user_id, avg(case when n_owning > 0 then 1 else 0 end) as user_value
from lab_said
where rose = 1 and n_texts > 0
group by lab_run_id, base_run_id, user_id
order by lab_run_id, user_id
