-- One row a run, combination of attribute values, item and kind of row: how often its users had the item, or how often it
-- was delivered to them, and its exposure there. Both numbers make one key while it is summed up: far faster than two.
-- uses: scope, numbered_requests, placed, history_rows, user_groups, group_combinations, request_groups
-- kept
select r.run_no, r.group_no, x.item_no, x.n_had, x.n_listed, x.exposure
from (
    select cast((y.both_nos - y.both_nos % 1000000000) / 1000000000 as integer) as group_no,
        cast(y.both_nos % 1000000000 as integer) as item_no, y.n_had, y.n_listed, y.exposure
    from (
        select cast(g.group_no as bigint) * 1000000000 + p.item_no as both_nos, 0 as n_had, count(*) as n_listed,
            sum(1.0 / log2(1.0 + p.item_rank)) as exposure
        from placed p
        join request_groups g on g.request_no = p.request_no
        group by cast(g.group_no as bigint) * 1000000000 + p.item_no
        union all
        select cast(g.group_no as bigint) * 1000000000 + h.item_no as both_nos, count(*) as n_had, 0 as n_listed,
            0.0 as exposure
        from history_rows h
        join request_groups g on g.request_no = h.request_no
        group by cast(g.group_no as bigint) * 1000000000 + h.item_no
    ) y
) x
join (select distinct run_no, group_no from request_groups) r on r.group_no = x.group_no
