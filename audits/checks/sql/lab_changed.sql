-- One row a changed request whose top is another one, with what was changed and the new top.
-- uses: lab_similarity
select s.request_id, s.lab_run_id as run_id, s.lab_level, i.detail, t.raw_text as new_top, b.raw_text as old_top
from lab_similarity s
join interventions i on i.run_id = s.lab_run_id and i.request_id = s.request_id
left join slots t on t.run_id = s.lab_run_id and t.request_id = s.request_id and t.slot_rank = 1
left join slots b on b.run_id = s.base_run_id and b.request_id = i.base_request_id and b.slot_rank = 1
where s.lab_test = $lab_test and s.same_top = 0
order by s.request_id
limit $n_rows
