-- One row a request that anything was delivered to: how many items, sums over them of what their popularity says, and
-- their exposure, 1 / log2(1 + rank) each; sums of nothing are null.
-- uses: placed, popularity
-- kept
-- in arrays: list_sums
select s.request_no, count(*) as n_delivered, count(p.place) as n_judged, sum(p.n_interactions) as popularity_sum,
    sum(p.in_tail) as n_tail, sum(p.is_cold) as n_cold, sum(p.information) as information_sum,
    sum(1.0 / log2(1.0 + s.item_rank)) as exposure
from placed s
left join (
    select x.run_no, x.item_no, x.place, x.n_interactions, x.in_tail,
        case when x.n_users = 0 then 1 else 0 end as is_cold,
        case when x.n_users > 0 then log2(x.n_training_users * 1.0 / nullif(x.n_users, 0)) end as information
    from popularity x
) p on p.run_no = s.run_no and p.item_no = s.item_no
group by s.request_no
