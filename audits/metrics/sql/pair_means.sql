-- One row: mean difference of the run from the reference over users that are scored in both, both means, and the users.
-- uses: user_values
select avg(a.user_value - b.user_value) as measured, count(*) as n_users, avg(a.user_value) as run_mean,
    avg(b.user_value) as reference_mean
from user_values a
join user_values b on b.user_id = a.user_id
where a.run_id = $run_id and b.run_id = $reference_run_id and a.user_value is not null and b.user_value is not null
