-- One row a run: which kinds of personal data other than user ids its prompts hold.
-- uses: scope
select distinct p.run_id, p.kind
from scope q
join personal_data p on p.run_id = q.run_id and p.request_id = q.request_id
where p.field = 'prompt' and p.kind <> 'user_id'
order by p.run_id, p.kind
