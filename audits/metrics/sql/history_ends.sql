-- One row a request with a path from its history: its first moment, in seconds, and its last position.
-- uses: path_starts
select s.run_id, s.request_id,
    min(date_diff('microsecond', cast('1970-01-01' as timestamp), h.interacted_at)) / 1000000 as first_second,
    max(h.position) as last_position
from (select distinct run_id, request_id from path_starts) s
join histories h on h.run_id = s.run_id and h.request_id = s.request_id
group by s.run_id, s.request_id
