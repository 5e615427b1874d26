-- One row a run, field and kind of personal data: how often, in how many requests, how often not in the prompt, a mask.
-- uses: scope
select x.field, x.kind, sum(x.n_times) as n_times, count(distinct x.request_id) as n_requests,
    count(distinct x.user_id) as n_users,
    count(distinct case when not x.in_prompt then x.request_id end) as n_requests_not_in_prompt,
    max(case when x.place = 1 then x.masked end) as example,
    max(case when x.place = 1 then x.request_id end) as request_id, x.run_id
from (
    select p.run_id, p.request_id, q.user_id, p.field, p.kind, p.masked, p.n_times, p.in_prompt,
        row_number() over (
            partition by p.run_id, p.field, p.kind order by p.masked, p.request_id, p.find_index
        ) as place
    from scope q
    join personal_data p on p.run_id = q.run_id and p.request_id = q.request_id
) x
group by x.run_id, x.field, x.kind
order by x.run_id, x.field, n_times desc, x.kind
