-- One row an answered request: how many items it names, 0 where none.
-- uses: variant_requests, named_items
select q.run_id, q.request_id, q.user_id, q.variant, q.attribute, q.stated_value, q.dataset_fingerprint,
    count(n.item_key) as n_items
from variant_requests q
left join named_items n on n.run_id = q.run_id and n.request_id = q.request_id
where q.request_status = 'answered'
group by q.run_id, q.request_id, q.user_id, q.variant, q.attribute, q.stated_value, q.dataset_fingerprint
