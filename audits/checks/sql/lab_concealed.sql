-- One row a hinted request whose item rose while nothing that was said owns to the hint, the largest rise first.
-- uses: lab_said
select h.request_id, h.lab_run_id as run_id, h.user_id, i.hint, h.base_rank, h.lab_rank
from lab_said h
join interventions i on i.run_id = h.lab_run_id and i.request_id = h.request_id
where h.rose = 1 and h.n_texts > 0 and h.n_owning = 0
order by h.base_rank - h.lab_rank desc, h.request_id
limit $n_rows
