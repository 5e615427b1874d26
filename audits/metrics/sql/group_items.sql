-- One row a run, combination of attribute values and item: how often its users had it, how often it was delivered to
-- them, and its exposure there.
-- uses: scope, numbered_requests, run_items, placed, history_rows, user_groups, group_combinations, request_groups
-- kept
select x.run_no, x.group_no, x.item_no, sum(x.n_had) as n_had, sum(x.n_listed) as n_listed, sum(x.exposure) as exposure
from (
    select r.run_no, r.group_no, p.item_no, 0 as n_had, count(*) as n_listed,
        sum(1.0 / log2(1.0 + p.item_rank)) as exposure
    from placed p
    join request_groups r on r.request_no = p.request_no
    group by r.run_no, r.group_no, p.item_no
    union all
    select r.run_no, r.group_no, h.item_no, sum(h.n_times) as n_had, 0 as n_listed, 0.0 as exposure
    from history_rows h
    join request_groups r on r.request_no = h.request_no
    group by r.run_no, r.group_no, h.item_no
) x
group by x.run_no, x.group_no, x.item_no
