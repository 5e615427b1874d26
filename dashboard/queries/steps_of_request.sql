-- One row a step of reasoning or action of a request, in order.
select s.step_index, s.kind, s.step_text, s.tool, s.arguments, s.observation, i.title
from steps s
join runs r on r.run_id = s.run_id
left join items i on i.dataset_fingerprint = r.dataset_fingerprint and i.item_id = s.item_id
where s.run_id = ? and s.request_id = ?
order by s.step_index
