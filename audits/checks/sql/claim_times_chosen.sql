-- One row an item: how often it was chosen in what the recommender of a run could learn from.
select item_id, count(*) as n_chosen
from training_interactions
where run_id = $run_id
group by item_id
