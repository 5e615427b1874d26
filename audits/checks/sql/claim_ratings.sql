-- One row a rated item of a dataset: the mean of its ratings and how many there are.
select item_id, avg(rating) as mean_rating, count(rating) as n_ratings
from interactions
where dataset_fingerprint = $dataset and rating is not null
group by item_id
order by item_id
