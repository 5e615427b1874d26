-- The errors of a run, most frequent first.
select error, count(*) as n_requests
from requests
where run_id = ? and error is not null
group by error
order by n_requests desc, error
limit 20
