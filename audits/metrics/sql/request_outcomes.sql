-- One row a request: slots asked for, and how many ended in each way. All slots of a failed request are lost to it.
-- uses: numbered_requests, numbered_slots, delivered_rows
-- kept
select q.run_id, q.request_id, q.user_id, q.request_no, q.requested_k as n_requested,
    case when q.request_status = 'answered' then q.requested_k else 0 end as n_answered,
    coalesce(d.n_delivered, 0) + coalesce(o.n_given, 0) as n_given,
    coalesce(d.n_delivered, 0) + coalesce(o.n_named, 0) as n_named,
    coalesce(o.n_out_of_catalogue, 0) as n_out_of_catalogue, coalesce(o.n_near_miss, 0) as n_near_miss,
    coalesce(o.n_already_consumed, 0) as n_already_consumed, coalesce(o.n_duplicate, 0) as n_duplicate,
    coalesce(o.n_ineligible, 0) as n_ineligible, coalesce(d.n_delivered, 0) as n_delivered
from numbered_requests q
left join (
    select s.request_no, count(*) as n_delivered from delivered_rows s group by s.request_no
) d on d.request_no = q.request_no
left join (
    select c.request_no,
        count(case when s.outcome <> 'missing' then 1 end) as n_given,
        count(case when s.outcome not in ('missing', 'unparseable') then 1 end) as n_named,
        count(case when s.outcome = 'out_of_catalogue' then 1 end) as n_out_of_catalogue,
        count(
            case when s.outcome = 'out_of_catalogue' and lower(s.outcome_detail) like 'near%miss%' then 1 end
        ) as n_near_miss,
        count(case when s.outcome = 'already_consumed' then 1 end) as n_already_consumed,
        count(case when s.outcome = 'duplicate' then 1 end) as n_duplicate,
        count(case when s.outcome = 'ineligible' then 1 end) as n_ineligible
    from numbered_requests c
    join numbered_slots s on s.request_no = c.request_no
    where c.request_status = 'answered' and s.slot_rank <= c.requested_k and s.outcome <> 'delivered'
    group by c.request_no
) o on o.request_no = q.request_no
