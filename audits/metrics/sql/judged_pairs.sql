-- One row a request and candidate that a judge weighed: its log-odds of yes against no, and whether it is held out.
-- uses: scope, numbered_requests, run_items, target_rows
-- kept
select x.run_no, x.request_no, i.item_no, x.margin, case when t.item_no is null then 0 else 1 end as is_target,
    case when g.request_no is null then 0 else 1 end as is_scored
from (
    select m.run_no, m.request_no, m.item_id, avg(cast(m.number_text as double)) as margin
    from (
        select q.run_no, q.request_no, s.item_id,
            nullif(
                regexp_extract(
                    s.observation,
                    '^log p[(]yes[)] - log p[(]no[)] = *([-+]?[0-9]{1,15}([.][0-9]{1,20})?([eE][-+]?[0-9]{1,2})?) *$', 1
                ), ''
            ) as number_text
        from steps s
        join numbered_requests q on q.run_id = s.run_id and q.request_id = s.request_id
        where s.kind = 'judge' and s.item_id is not null
    ) m
    where m.number_text is not null
    group by m.run_no, m.request_no, m.item_id
) x
join run_items i on i.run_no = x.run_no and i.item_id = x.item_id
left join (select distinct request_no, item_no from target_rows) t
    on t.request_no = x.request_no and t.item_no = i.item_no
left join (
    select distinct r.request_no
    from generations z
    join numbered_requests r on r.run_id = z.run_id and r.request_id = z.request_id
    where z.purpose = 'judge' and z.decoding = 'scored'
) g on g.request_no = x.request_no
