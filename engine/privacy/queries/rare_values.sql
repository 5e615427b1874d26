-- One row an attribute and value of a dataset that fewer users than the least number have.
select attribute, attribute_value
from user_attributes
where dataset_fingerprint = $dataset_fingerprint and attribute_value is not null
group by attribute, attribute_value
having count(distinct user_id) < $min_people
