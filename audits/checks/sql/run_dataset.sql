-- One row: the dataset of a run, and how many triples it has.
select r.dataset_fingerprint, d.n_triples
from runs r
join datasets d on d.dataset_fingerprint = r.dataset_fingerprint
where r.run_id = $run_id
