-- One row a known attribute of a user.
select attribute, attribute_value
from user_attributes
where dataset_fingerprint = ? and user_id = ? and nullif(trim(attribute_value), '') is not null
order by attribute
