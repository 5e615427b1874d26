-- One row a pair of answers to the same neutral request: rank-biased overlap, same first item, and Jaccard.
-- uses: answer_pairs, shared_items, pair_similarity, discounts
select o.run_id, o.user_id, o.request_id, o.neutral_request_id, o.rbo, o.same_top, j.jaccard
from (
    select c.run_id, c.user_id, c.request_id, c.neutral_request_id,
        max(case when c.list_depth = 1 then c.n_common else 0 end) as same_top,
        least(1.0, sum(
            c.n_common * 1.0 / nullif(c.list_depth, 0)
            * (
                power(cast($rbo_p as double), c.list_depth) * (1 - cast($rbo_p as double))
                / nullif(cast($rbo_p as double), 0)
                + case when c.list_depth = c.longest then power(cast($rbo_p as double), c.list_depth) else 0 end
            )
        )) as rbo
    from (
        select p.run_id, p.user_id, p.request_id, p.neutral_request_id, d.place as list_depth,
            greatest(p.n_items, p.n_neutral_items) as longest, count(h.own_place) as n_common
        from answer_pairs p
        join discounts d on d.place <= greatest(p.n_items, p.n_neutral_items)
        left join shared_items h on h.run_id = p.run_id and h.request_id = p.request_id
            and h.neutral_request_id = p.neutral_request_id and greatest(h.own_place, h.neutral_place) <= d.place
        where p.variant = $variant and p.request_id < p.neutral_request_id
        group by p.run_id, p.user_id, p.request_id, p.neutral_request_id, d.place, p.n_items, p.n_neutral_items
    ) c
    group by c.run_id, c.user_id, c.request_id, c.neutral_request_id
) o
join pair_similarity j on j.run_id = o.run_id and j.request_id = o.request_id
    and j.neutral_request_id = o.neutral_request_id
