-- One row an answer and a neutral answer to the same user that it is compared with; two neutral ones in both orders.
-- uses: answer_lengths
select x.run_id, x.user_id, x.variant, x.attribute, x.stated_value, x.dataset_fingerprint, x.request_id,
    y.request_id as neutral_request_id, x.n_items, y.n_items as n_neutral_items
from answer_lengths x
join answer_lengths y on y.run_id = x.run_id and y.user_id = x.user_id and y.request_id <> x.request_id
where y.variant = $variant
