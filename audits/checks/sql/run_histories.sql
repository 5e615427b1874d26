-- One row an interaction of a user of a run, oldest first; positions below a request's n_history are its history.
select i.user_id, i.item_id
from runs r
join interactions i on i.dataset_fingerprint = r.dataset_fingerprint
join (
    select user_id, max(n_history) as n_history
    from requests
    where run_id = $run_id
    group by user_id
) q on q.user_id = i.user_id and i.position < q.n_history
where r.run_id = $run_id
order by i.user_id, i.position
