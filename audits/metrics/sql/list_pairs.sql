-- One row a list and another list of the same user, neither of them empty: 1 - Jaccard similarity of their items.
-- uses: numbered_requests, placed, own_lists
select a.request_no, b.request_no as other_no,
    1.0 - coalesce(x.n_shared, 0) / nullif(a.n_listed + b.n_listed - coalesce(x.n_shared, 0), 0) as distance
from own_lists a
join own_lists b on b.run_no = a.run_no and b.user_id = a.user_id and b.request_no <> a.request_no
left join (
    select c.request_no as one_no, d.request_no as other_no, count(*) as n_shared
    from own_lists l
    join own_lists m on m.run_no = l.run_no and m.user_id = l.user_id and m.request_no <> l.request_no
    join placed c on c.request_no = l.request_no
    join placed d on d.request_no = m.request_no and d.item_no = c.item_no
    group by c.request_no, d.request_no
) x on x.one_no = a.request_no and x.other_no = b.request_no
