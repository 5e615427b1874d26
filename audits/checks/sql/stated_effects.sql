-- One row a run, user and stated value: similarity to the neutral answers, that of these among themselves, net effect.
-- uses: neutral_similarity
select s.run_id, s.user_id, s.attribute, s.stated_value, s.chosen as similarity, n.chosen as own_similarity,
    n.chosen - s.chosen as net_effect,
    case when a.own_value is null then 'unknown' when a.own_value = s.stated_value then 'own' else 'other' end as truth
from neutral_similarity s
left join neutral_similarity n on n.run_id = s.run_id and n.user_id = s.user_id and n.variant = $variant
left join (
    select dataset_fingerprint, user_id, attribute, max(nullif(trim(attribute_value), '')) as own_value
    from user_attributes
    group by dataset_fingerprint, user_id, attribute
) a on a.dataset_fingerprint = s.dataset_fingerprint and a.user_id = s.user_id and a.attribute = s.attribute
where s.variant <> $variant
