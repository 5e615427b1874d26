-- One row an item and a user who chose it, in what the recommender of a run could learn from.
select distinct item_id, user_id
from training_interactions
where run_id = $run_id
