-- One row a run: interactions until at least the share asked for of new interests is in the lists; null where it never is.
-- uses: interest_bands
select run_id,
    min(case when n_users >= $min_people and n_listed >= $listed_share * n_interests then age_from end) as measured,
    sum(n_interests) as n_units, cast(null as double) as standard_error
from interest_bands
group by run_id
order by run_id
