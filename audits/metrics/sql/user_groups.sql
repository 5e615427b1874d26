-- One row a run and user: the user's value of up to six attributes, "unknown" where it is not known.
-- uses: numbered_requests, dataset_numbers
-- kept
select s.run_id, s.user_id, coalesce(g.group_1, 'unknown') as group_1, coalesce(g.group_2, 'unknown') as group_2,
    coalesce(g.group_3, 'unknown') as group_3, coalesce(g.group_4, 'unknown') as group_4,
    coalesce(g.group_5, 'unknown') as group_5, coalesce(g.group_6, 'unknown') as group_6
from (select distinct run_id, user_id, user_no from numbered_requests) s
left join (
    select d.users_before + a.user_number as user_no,
        max(case when a.attribute = $attribute_1 then a.known_value end) as group_1,
        max(case when a.attribute = $attribute_2 then a.known_value end) as group_2,
        max(case when a.attribute = $attribute_3 then a.known_value end) as group_3,
        max(case when a.attribute = $attribute_4 then a.known_value end) as group_4,
        max(case when a.attribute = $attribute_5 then a.known_value end) as group_5,
        max(case when a.attribute = $attribute_6 then a.known_value end) as group_6
    from (
        select dataset_fingerprint, user_number, attribute, nullif(trim(attribute_value), '') as known_value
        from user_attributes
        where attribute in ($attribute_1, $attribute_2, $attribute_3, $attribute_4, $attribute_5, $attribute_6)
    ) a
    join dataset_numbers d on d.dataset_fingerprint = a.dataset_fingerprint
    group by d.users_before + a.user_number
) g on g.user_no = s.user_no
