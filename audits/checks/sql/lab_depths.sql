-- One row a lab request that was answered and depth, to the end of the longer list: what both lists hold down to there.
-- uses: lab_requests, lab_answers, lab_common
select l.lab_run_id, l.request_id, d.slot_rank as list_depth, l.longest, count(m.answer_key) as n_common
from (
    select q.lab_run_id, q.request_id, greatest(max(b.answer_rank), coalesce(max(a.answer_rank), 0)) as longest
    from lab_requests q
    join lab_answers b on b.run_id = q.base_run_id and b.request_id = q.base_request_id
    left join lab_answers a on a.run_id = q.lab_run_id and a.request_id = q.request_id
    where q.request_status = 'answered'
    group by q.lab_run_id, q.request_id
) l
join slots d on d.run_id = l.lab_run_id and d.request_id = l.request_id and d.slot_rank <= l.longest
left join lab_common m on m.lab_run_id = l.lab_run_id and m.request_id = l.request_id and m.entered_at <= d.slot_rank
group by l.lab_run_id, l.request_id, d.slot_rank, l.longest
