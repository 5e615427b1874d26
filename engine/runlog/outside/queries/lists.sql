-- One row a list: whose it is, in the order in which lists begin, and what was said of the list as a whole.
create table lists as
select cast(row_number() over (order by min(place)) - 1 as bigint) as request_index, user_code, request,
    min(place) as place, max(recorded_us) as recorded_us, max(latency_ms) as latency_ms, min(model) as model,
    arg_min(prompt, place) as prompt, arg_min(answer, place) as answer
from staged
where user_code is not null
group by user_code, request
