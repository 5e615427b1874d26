-- One row a pair of answers: Jaccard, SERP* and PRAG* as FaiRLLM has them and on a 0 to 1 scale; null where both are empty.
-- uses: answer_pairs, shared_items
select p.run_id, p.user_id, p.variant, p.attribute, p.stated_value, p.dataset_fingerprint, p.request_id,
    p.neutral_request_id,
    coalesce(o.n_shared, 0) / nullif(p.n_items + p.n_neutral_items - coalesce(o.n_shared, 0), 0) as jaccard,
    case when p.n_items = 0 and p.n_neutral_items = 0 then null
        else coalesce(coalesce(o.rank_sum, 0) / 2 / nullif((p.n_neutral_items + 1) * p.n_neutral_items, 0), 0.0)
    end as serp_published,
    coalesce(o.rank_sum, 0) * 2
        / nullif(greatest(p.n_items, p.n_neutral_items) * (greatest(p.n_items, p.n_neutral_items) + 3), 0) as serp,
    case when p.n_items = 0 and p.n_neutral_items = 0 then null
        when p.n_items <= 1 then case when p.n_neutral_items = 1 and coalesce(o.n_shared, 0) = 1 then 1.0 else 0.0 end
        else (coalesce(o.after_sum, 0) - coalesce(w.n_swapped, 0)) / (p.n_items * (p.n_items + 1))
    end as prag_published,
    case when p.n_items = 0 and p.n_neutral_items = 0 then null
        when greatest(p.n_items, p.n_neutral_items) = 1 then coalesce(o.n_shared, 0) * 1.0
        else (coalesce(o.after_sum, 0) - coalesce(w.n_swapped, 0)) * 2 / nullif(
            greatest(p.n_items, p.n_neutral_items) * (greatest(p.n_items, p.n_neutral_items) - 1), 0
        )
    end as prag
from answer_pairs p
left join (
    select run_id, request_id, neutral_request_id, count(*) as n_shared, sum(n_items - own_place + 2) as rank_sum,
        sum(n_items - own_place) as after_sum
    from shared_items
    group by run_id, request_id, neutral_request_id
) o on o.run_id = p.run_id and o.request_id = p.request_id and o.neutral_request_id = p.neutral_request_id
left join (
    select a.run_id, a.request_id, a.neutral_request_id, count(*) as n_swapped
    from shared_items a
    join shared_items b on b.run_id = a.run_id and b.request_id = a.request_id
        and b.neutral_request_id = a.neutral_request_id and b.own_place > a.own_place
    where b.neutral_place < a.neutral_place
    group by a.run_id, a.request_id, a.neutral_request_id
) w on w.run_id = p.run_id and w.request_id = p.request_id and w.neutral_request_id = p.neutral_request_id
