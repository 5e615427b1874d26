-- One row a user attribute that any user in scope has a value of.
-- uses: scope
select distinct a.attribute
from user_attributes a
join scope s on s.dataset_fingerprint = a.dataset_fingerprint and s.user_id = a.user_id
where nullif(trim(a.attribute_value), '') is not null
order by a.attribute
