-- One row a user attribute that any user in scope has a value of, with the number of different values.
-- uses: scope
select x.attribute, count(*) as n_values
from (
    select distinct a.attribute, trim(a.attribute_value) as known_value
    from user_attributes a
    join scope s on s.dataset_fingerprint = a.dataset_fingerprint and s.user_number = a.user_number
    where nullif(trim(a.attribute_value), '') is not null
) x
group by x.attribute
order by x.attribute
