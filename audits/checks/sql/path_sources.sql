-- One row a run: triples of its dataset, paths that its recommender gave, and whether any were looked for.
select r.run_id, d.n_triples, coalesce(p.n_given, 0) as n_given,
    case when l.run_id is null then 0 else 1 end as is_searched
from runs r
join datasets d on d.dataset_fingerprint = r.dataset_fingerprint
left join (
    select run_id, count(*) as n_given
    from paths
    where origin = 'given'
    group by run_id
) p on p.run_id = r.run_id
left join (
    select run_id
    from derived
    where table_name = 'found_paths' and problem is null
    group by run_id
) l on l.run_id = r.run_id
where r.run_id in ($run_ids)
