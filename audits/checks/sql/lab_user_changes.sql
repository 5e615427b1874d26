-- One row a lab run, user, test and level: how much the top and the list changed, mean over the requests; null: failed.
-- uses: lab_similarity
select lab_run_id, base_run_id, user_id, lab_test, lab_level, avg(1 - same_top) as top_change,
    avg(1 - overlap) as list_change
from lab_similarity
group by lab_run_id, base_run_id, user_id, lab_test, lab_level
