-- One row a request: when its first held-out item was met (else its cutoff), the time window of it, and that one's start.
-- uses: scope
select m.run_id, m.request_id, m.user_id, m.dataset_fingerprint, m.moment,
    case
        when m.moment < cast($window_end_1 as timestamp) then 1
        when m.moment < cast($window_end_2 as timestamp) then 2
        when m.moment < cast($window_end_3 as timestamp) then 3
        when m.moment < cast($window_end_4 as timestamp) then 4
        when m.moment < cast($window_end_5 as timestamp) then 5
        when m.moment < cast($window_end_6 as timestamp) then 6
        when m.moment < cast($window_end_7 as timestamp) then 7
        when m.moment < cast($window_end_8 as timestamp) then 8
        when m.moment < cast($window_end_9 as timestamp) then 9
        when m.moment < cast($window_end_10 as timestamp) then 10
        when m.moment < cast($window_end_11 as timestamp) then 11
        else $n_windows
    end as window_index,
    case
        when m.moment < cast($window_end_1 as timestamp) then cast($first_moment as timestamp)
        when m.moment < cast($window_end_2 as timestamp) then cast($window_end_1 as timestamp)
        when m.moment < cast($window_end_3 as timestamp) then cast($window_end_2 as timestamp)
        when m.moment < cast($window_end_4 as timestamp) then cast($window_end_3 as timestamp)
        when m.moment < cast($window_end_5 as timestamp) then cast($window_end_4 as timestamp)
        when m.moment < cast($window_end_6 as timestamp) then cast($window_end_5 as timestamp)
        when m.moment < cast($window_end_7 as timestamp) then cast($window_end_6 as timestamp)
        when m.moment < cast($window_end_8 as timestamp) then cast($window_end_7 as timestamp)
        when m.moment < cast($window_end_9 as timestamp) then cast($window_end_8 as timestamp)
        when m.moment < cast($window_end_10 as timestamp) then cast($window_end_9 as timestamp)
        when m.moment < cast($window_end_11 as timestamp) then cast($window_end_10 as timestamp)
        else cast($last_start as timestamp)
    end as window_start
from (
    select q.run_id, q.request_id, q.user_id, q.dataset_fingerprint, coalesce(t.first_met_at, r.cutoff_at) as moment
    from scope q
    join requests r on r.run_id = q.run_id and r.request_id = q.request_id
    left join (
        select run_id, request_id, min(interacted_at) as first_met_at
        from targets
        where run_id in ($run_ids)
        group by run_id, request_id
    ) t on t.run_id = q.run_id and t.request_id = q.request_id
) m
