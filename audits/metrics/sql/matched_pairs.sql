-- One row a request that finds a held-out item, and candidate with a score: the judged ones, else the delivered ones.
-- uses: numbered_requests, placed, hit_rows, judged_pairs
select request_no, item_no, margin as score, is_target from judged_pairs
union all
select d.request_no, d.item_no, d.score, case when h.item_no is null then 0 else 1 end as is_target
from placed d
join (select distinct x.request_no from hit_rows x) f on f.request_no = d.request_no
left join hit_rows h on h.request_no = d.request_no and h.item_no = d.item_no
left join (select distinct y.request_no from judged_pairs y) j on j.request_no = d.request_no
where d.score is not null and j.request_no is null
