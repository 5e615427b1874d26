-- One row: the recommender of a run, how many triples its dataset and requests it has, and whether paths were looked for in it.
select r.recommender, d.n_triples, (select count(*) from requests q where q.run_id = r.run_id) as n_requests,
    exists (
        select 1 from derived x where x.run_id = r.run_id and x.table_name = 'found_paths' and x.problem is null
    ) as is_searched,
    exists (select 1 from paths p where p.run_id = r.run_id and p.origin = 'given') as gives_paths
from runs r
join datasets d on d.dataset_fingerprint = r.dataset_fingerprint
where r.run_id = ?
