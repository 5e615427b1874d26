-- One row a run and user: the user's value of up to six attributes, "unknown" where it is not known.
-- uses: scope
-- kept
select s.run_id, s.user_id,
    coalesce(max(case when a.attribute = $attribute_1 then a.known_value end), 'unknown') as group_1,
    coalesce(max(case when a.attribute = $attribute_2 then a.known_value end), 'unknown') as group_2,
    coalesce(max(case when a.attribute = $attribute_3 then a.known_value end), 'unknown') as group_3,
    coalesce(max(case when a.attribute = $attribute_4 then a.known_value end), 'unknown') as group_4,
    coalesce(max(case when a.attribute = $attribute_5 then a.known_value end), 'unknown') as group_5,
    coalesce(max(case when a.attribute = $attribute_6 then a.known_value end), 'unknown') as group_6
from (select distinct run_id, dataset_fingerprint, user_id from scope) s
left join (
    select dataset_fingerprint, user_id, attribute, nullif(trim(attribute_value), '') as known_value from user_attributes
) a on a.dataset_fingerprint = s.dataset_fingerprint and a.user_id = s.user_id
group by s.run_id, s.user_id
