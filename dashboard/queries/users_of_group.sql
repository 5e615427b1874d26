-- One row a user of a dataset who belongs to one group; "unknown" is the group of those whose attribute is not known.
select user_id
from user_attributes
where dataset_fingerprint = ? and attribute = ? and coalesce(nullif(trim(attribute_value), ''), 'unknown') = ?
