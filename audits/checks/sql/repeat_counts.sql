-- One row a run: its users, the answers to the neutral request of the user who has most, and users who have enough.
-- uses: scope
select c.run_id, count(*) as n_users, max(c.n_answers) as most_answers,
    sum(case when c.n_answers >= $min_repeats then 1 else 0 end) as n_repeated
from (
    select s.run_id, s.user_id, sum(case when s.request_status = 'answered' then 1 else 0 end) as n_answers
    from scope s
    group by s.run_id, s.user_id
) c
group by c.run_id
order by c.run_id
