-- One row a part of the input of one recommendation: what it contributed to the score, and how that was found.
select a.feature_kind, a.feature, coalesce(i.title, a.feature) as feature_name, a.contribution, a.standard_error,
    a.is_named, a.base_value, a.score, a.additivity_gap, a.n_evaluations, a.method
from attributions a
join runs r on r.run_id = a.run_id
left join items i on i.dataset_fingerprint = r.dataset_fingerprint and i.item_id = a.feature
    and a.feature_kind = 'history item'
where a.run_id = ? and a.request_id = ? and a.slot_rank = ?
order by a.feature_kind, a.feature_index
