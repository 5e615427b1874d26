-- One row a run and user with a delivered item: the user's value of one attribute, where it is known.
-- uses: scope
select distinct q.run_id, q.user_id, trim(a.attribute_value) as group_label
from scope q
join user_attributes a on a.dataset_fingerprint = q.dataset_fingerprint and a.user_id = q.user_id
join slots s on s.run_id = q.run_id and s.request_id = q.request_id
where a.attribute = $attribute and trim(a.attribute_value) <> '' and s.outcome = 'delivered' and s.slot_rank <= q.list_k
order by q.run_id, q.user_id
