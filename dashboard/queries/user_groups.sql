-- One row a value of a user attribute: how many users of the dataset have it; "unknown" where it is not known.
select attribute, coalesce(nullif(trim(attribute_value), ''), 'unknown') as group_value, count(distinct user_id) as n_users
from user_attributes
where dataset_fingerprint = ?
group by attribute, coalesce(nullif(trim(attribute_value), ''), 'unknown')
order by attribute, group_value
