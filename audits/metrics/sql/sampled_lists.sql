-- One row a delivered item of a user drawn by a hash of the name: first repetition only, empty lists left out.
-- uses: scope, numbered_requests, run_items, placed, popularity, list_facts
-- kept
select d.run_id, d.user_id, s.item_no, d.n_delivered as n_listed, d.place
from (
    select f.run_id, f.user_id, f.request_no, f.n_delivered,
        row_number() over (
            partition by f.run_id order by substring(md5(concat(f.user_id, $sample_salt)), 1, 12), f.user_id
        ) as place
    from list_facts f
    where f.repeat_index = 0 and f.n_delivered > 0
) d
join placed s on s.request_no = d.request_no
where d.place <= $sample_users
