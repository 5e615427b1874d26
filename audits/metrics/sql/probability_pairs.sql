-- One row a request with held-out items, and candidate whose score is a probability: as log-odds, cut at those of 1e-15,
-- and whether held out. What a judge weighed counts once, by its margin.
-- uses: run_numbers, placed, target_rows, hit_rows, judged_pairs
select t.request_no, greatest(least(p.margin, 34.538776394910684), -34.538776394910684) as margin, p.is_target
from (
    select request_no, margin, is_target from judged_pairs where is_scored = 1
    union all
    select d.request_no,
        case
            when r.score_kind = 'log_odds' then d.score
            else ln(
                greatest(least(d.score, 0.999999999999999), 0.000000000000001)
                / nullif(1.0 - greatest(least(d.score, 0.999999999999999), 0.000000000000001), 0.0)
            )
        end as margin,
        case when h.item_no is null then 0 else 1 end as is_target
    from placed d
    join run_numbers r on r.run_no = d.run_no
    left join hit_rows h on h.request_no = d.request_no and h.item_no = d.item_no
    left join (select distinct y.request_no from judged_pairs y where y.is_scored = 1) j on j.request_no = d.request_no
    where r.score_kind in ('log_odds', 'probability') and d.score is not null and j.request_no is null
) p
join (select distinct x.request_no from target_rows x) t on t.request_no = p.request_no
