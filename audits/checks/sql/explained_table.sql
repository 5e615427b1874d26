-- One row an explained recommendation: its score, the history item that contributes most, and whether the reason names it.
-- uses: scope, attribution_facts
select f.run_id, f.request_id, f.slot_rank, s.item_id, i.title, a.score, a.base_value, a.feature as top_item_id,
    h.title as top_title, a.contribution, a.standard_error, f.n_features, a.is_named, f.n_named, a.n_evaluations,
    a.method
from attribution_facts f
join (
    select run_id, request_id, slot_rank, feature, contribution, standard_error, is_named, score, base_value,
        n_evaluations, method,
        row_number() over (
            partition by run_id, request_id, slot_rank order by contribution desc, feature_index desc
        ) as place
    from attributions
    where run_id in ($run_ids) and feature_kind = 'history item'
) a on a.run_id = f.run_id and a.request_id = f.request_id and a.slot_rank = f.slot_rank and a.place = 1
join scope q on q.run_id = f.run_id and q.request_id = f.request_id
join slots s on s.run_id = f.run_id and s.request_id = f.request_id and s.slot_rank = f.slot_rank
left join items i on i.dataset_fingerprint = q.dataset_fingerprint and i.item_id = s.item_id
left join items h on h.dataset_fingerprint = q.dataset_fingerprint and h.item_id = a.feature
order by f.run_id, f.request_id, f.slot_rank
