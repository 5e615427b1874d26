-- One row a user attribute that any user in scope has a value of, with the number of different values.
-- uses: scope
select a.attribute, count(distinct trim(a.attribute_value)) as n_values
from user_attributes a
join scope s on s.dataset_fingerprint = a.dataset_fingerprint and s.user_id = a.user_id
where nullif(trim(a.attribute_value), '') is not null
group by a.attribute
order by a.attribute
