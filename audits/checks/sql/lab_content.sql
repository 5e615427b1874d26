-- One row a user: how much wrong terms changed the list, how much a paraphrase did, and the difference.
-- uses: lab_user_changes
select lab_run_id, base_run_id, user_id, avg(case when lab_test = 'mistakes' then list_change end) as wrong_value,
    avg(case when lab_test = 'paraphrase' then list_change end) as reworded_value,
    avg(case when lab_test = 'mistakes' then list_change end)
        - avg(case when lab_test = 'paraphrase' then list_change end) as user_value
from lab_user_changes
where lab_test = 'paraphrase' or (lab_test = 'mistakes' and lab_level = 'all')
group by lab_run_id, base_run_id, user_id
order by lab_run_id, user_id
