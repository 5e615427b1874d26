-- One row a text in which an answer gives reasons: rationales and steps of reasoning.
select r.run_id, r.request_id, r.rationale as reason
from rationales r
where r.run_id in ($run_ids)
union all
select s.run_id, s.request_id, s.step_text as reason
from steps s
where s.run_id in ($run_ids) and s.kind not in ('retrieve', 'tool_call', 'fold') and s.step_text <> ''
