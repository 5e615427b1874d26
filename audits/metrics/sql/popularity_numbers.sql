-- One row a run and catalogue item: how popular it is in training, by numbers.
-- uses: popularity
select run_no, item_no, n_interactions, n_users, n_training_users, in_tail
from popularity
