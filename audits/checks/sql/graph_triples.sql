-- One row a triple of a dataset's knowledge graph.
select head, relation, tail
from triples
where dataset_fingerprint = $dataset_fingerprint
