-- One row a request: graded gain of its list and of the best list possible; null without rated held-out items. Both are
-- divided by 2^(best rating of the request), which leaves their ratio as it is: play counts would be beyond any number.
-- uses: scope, numbered_requests, placed, target_rows, hit_rows
-- kept
select q.run_id, q.request_id, q.user_id, q.request_no, t.ideal_gain,
    case when t.ideal_gain is not null then coalesce(h.gain, 0.0) end as gain
from numbered_requests q
left join (
    select x.request_no,
        sum((power(2.0, x.rating - x.best) - power(2.0, 0.0 - x.best)) / log2(1.0 + x.place)) as ideal_gain
    from (
        select y.request_no, y.rating,
            greatest(
                first_value(y.rating) over (partition by y.request_no order by y.rating desc, y.item_no), 0.0
            ) as best,
            row_number() over (partition by y.request_no order by y.rating desc, y.item_no) as place
        from target_rows y
        where y.rating is not null
    ) x
    join numbered_requests n on n.request_no = x.request_no
    where x.place <= n.list_k
    group by x.request_no
) t on t.request_no = q.request_no
left join (
    select z.request_no,
        sum((power(2.0, z.rating - b.best) - power(2.0, 0.0 - b.best)) / log2(1.0 + z.item_rank)) as gain
    from hit_rows z
    join (
        select v.request_no, greatest(max(v.rating), 0.0) as best from target_rows v group by v.request_no
    ) b on b.request_no = z.request_no
    where z.rating is not null
    group by z.request_no
) h on h.request_no = q.request_no
