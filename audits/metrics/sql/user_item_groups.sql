-- One row a run, user and group of items: how often the user had items of it, how many were delivered, their exposure.
-- uses: scope, numbered_requests, run_items, placed, history_rows, popularity, item_groups
-- kept
select q.run_id, q.user_id, g.group_name, sum(x.n_had * g.weight) as n_had, sum(x.n_listed * g.weight) as n_listed,
    sum(x.exposure * g.weight) as exposure
from (
    select p.run_no, p.request_no, p.item_no, 0 as n_had, 1 as n_listed, 1.0 / log2(1.0 + p.item_rank) as exposure
    from placed p
    union all
    select h.run_no, h.request_no, h.item_no, h.n_times as n_had, 0 as n_listed, 0.0 as exposure
    from history_rows h
) x
join numbered_requests q on q.run_no = x.run_no and q.request_no = x.request_no
join item_groups g on g.run_no = x.run_no and g.item_no = x.item_no
group by q.run_id, q.user_id, g.group_name
