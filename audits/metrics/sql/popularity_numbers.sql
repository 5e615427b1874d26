-- One row a run and catalogue item, by numbers: how popular it is in training; null for a run without training.
-- uses: run_items, popularity
select i.run_no, i.item_no, p.n_interactions, p.n_users, p.n_training_users, p.in_tail
from run_items i
left join popularity p on p.run_no = i.run_no and p.item_no = i.item_no
