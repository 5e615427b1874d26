-- One row a request: graded gain of its list and of the best list possible; null without rated held-out items. Both are
-- divided by 2^(best rating of the request), which leaves their ratio as it is: play counts would be beyond any number.
-- uses: numbered_requests, target_rows, hit_rows, rated_requests
-- kept
select q.run_id, q.request_id, q.user_id, q.request_no,
    case
        when b.n_rated = 1 then power(2.0, b.best_rating - b.best) - power(2.0, 0.0 - b.best)
        else t.ideal_gain
    end as ideal_gain,
    case when b.n_rated > 0 then coalesce(h.gain, 0.0) end as gain
from numbered_requests q
left join rated_requests b on b.request_no = q.request_no
left join (
    select x.request_no,
        sum((power(2.0, x.rating - x.best) - power(2.0, 0.0 - x.best)) / log2(1.0 + x.place)) as ideal_gain
    from (
        select y.request_no, y.rating, m.best,
            row_number() over (partition by y.request_no order by y.rating desc, y.item_no) as place
        from target_rows y
        join rated_requests m on m.request_no = y.request_no
        where m.n_rated > 1 and y.rating is not null
    ) x
    join numbered_requests n on n.request_no = x.request_no
    where x.place <= n.list_k
    group by x.request_no
) t on t.request_no = q.request_no
left join (
    select z.request_no,
        sum((power(2.0, z.rating - v.best) - power(2.0, 0.0 - v.best)) / log2(1.0 + z.item_rank)) as gain
    from hit_rows z
    join rated_requests v on v.request_no = z.request_no
    where z.rating is not null
    group by z.request_no
) h on h.request_no = q.request_no
