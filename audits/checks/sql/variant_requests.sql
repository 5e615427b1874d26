-- One row a request of the users in scope: neutral, or with a statement; which attribute and value it states.
-- uses: scope
select q.run_id, q.request_id, q.user_id, q.variant, q.repeat_index, q.request_status, p.dataset_fingerprint,
    least(q.k, cast($k as integer)) as list_k,
    case when q.variant like '%=%' then split_part(q.variant, '=', 1) else 'statement' end as attribute,
    case when q.variant like '%=%' then substring(q.variant, length(split_part(q.variant, '=', 1)) + 2) else q.variant end
        as stated_value
from requests q
join (select distinct s.run_id, s.user_id, s.dataset_fingerprint from scope s) p
    on p.run_id = q.run_id and p.user_id = q.user_id
where q.variant = $variant or q.variant_statement <> ''
