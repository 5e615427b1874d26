-- One row a slot of one request: what became of it, its item, its score, and the reason that was given for it.
select s.slot_rank, s.outcome, s.raw_text, s.item_id, s.score, t.rationale
from slots s
left join rationales t on t.run_id = s.run_id and t.request_id = s.request_id and t.slot_rank = s.slot_rank
where s.run_id = $run_id and s.request_id = $request_id
order by s.slot_rank
