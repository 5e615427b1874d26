-- One row an age band of late interests with enough users: in interactions, how many, and the share that is in the list.
-- uses: interest_bands
select age_from, age_to, n_interests, n_users, n_listed / nullif(n_interests, 0) as listed_share
from interest_bands
where n_users >= $min_people
order by run_id, age_from
