-- One row a request and position that a path starts at, or the last one: its moving average of seconds since the first.
-- uses: path_starts, history_ends
select w.run_id, w.request_id, w.position,
    sum(
        $recency_beta * power(1 - $recency_beta, w.position - h.position)
        * (date_diff('microsecond', cast('1970-01-01' as timestamp), h.interacted_at) / 1000000 - w.first_second)
    ) as weighted_seconds
from (
    select e.run_id, e.request_id, e.last_position as position, e.first_second
    from history_ends e
    union
    select p.run_id, p.request_id, p.position, e.first_second
    from path_starts p
    join history_ends e on e.run_id = p.run_id and e.request_id = p.request_id
) w
join histories h on h.run_id = w.run_id and h.request_id = w.request_id
    and h.position <= w.position and h.position > w.position - 100
group by w.run_id, w.request_id, w.position
