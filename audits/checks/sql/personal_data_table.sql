-- One row a run, field and kind of personal data: how often, in how many requests, how often not in the prompt, a mask.
-- uses: scope
select p.field, p.kind, sum(p.n_times) as n_times, count(distinct p.request_id) as n_requests,
    count(distinct q.user_id) as n_users,
    count(distinct case when not p.in_prompt then p.request_id end) as n_requests_not_in_prompt,
    min(p.masked) as example, min(p.request_id) as request_id, p.run_id
from scope q
join personal_data p on p.run_id = q.run_id and p.request_id = q.request_id
group by p.run_id, p.field, p.kind
order by p.run_id, p.field, n_times desc, p.kind
