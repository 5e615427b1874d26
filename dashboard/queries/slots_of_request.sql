-- One row a requested rank: what was written, what it was taken for, what became of it, whether it was held out.
select s.slot_rank, s.outcome, s.outcome_detail, s.raw_text, s.item_id, i.title, s.match_kind, s.match_score, s.score,
    a.rationale, case when t.item_id is null then false else true end as is_hit
from slots s
join runs r on r.run_id = s.run_id
left join items i on i.dataset_fingerprint = r.dataset_fingerprint and i.item_id = s.item_id
left join rationales a on a.run_id = s.run_id and a.request_id = s.request_id and a.slot_rank = s.slot_rank
left join targets t on t.run_id = s.run_id and t.request_id = s.request_id and t.item_id = s.item_id
    and s.outcome = 'delivered'
where s.run_id = ? and s.request_id = ?
order by s.slot_rank
