-- One row a user who was given a hint: whether the item is on top or in the list with it, and how often without it.
-- uses: lab_item_ranks, lab_requests, lab_answers
select h.lab_run_id, h.base_run_id, h.user_id,
    avg(h.hit) as hinted_value, max(f.unhinted_value) as unhinted_value,
    avg(h.hit) - max(f.unhinted_value) as user_value
from (
    select lab_run_id, base_run_id, base_request_id, user_id, item_id,
        case
            when lab_rank is null then null
            when lab_rank <= case when $of_top then 1 else requested_k end then 1
            else 0
        end as hit
    from lab_item_ranks
    where lab_test = 'hint'
) h
left join (
    select q.lab_run_id, q.base_request_id, i.item_id,
        avg(
            case when a.answer_rank <= case when $of_top then 1 else q.requested_k end then 1 else 0 end
        ) as unhinted_value
    from lab_requests q
    join (
        select distinct lab_run_id, base_request_id, item_id from lab_item_ranks where lab_test = 'hint'
    ) i on i.lab_run_id = q.lab_run_id and i.base_request_id = q.base_request_id
    left join lab_answers a on a.run_id = q.lab_run_id and a.request_id = q.request_id and a.answer_key = i.item_id
    where q.lab_test = 'floor' and q.request_status = 'answered'
    group by q.lab_run_id, q.base_request_id, i.item_id
) f on f.lab_run_id = h.lab_run_id and f.base_request_id = h.base_request_id and f.item_id = h.item_id
group by h.lab_run_id, h.base_run_id, h.user_id
order by h.lab_run_id, h.user_id
