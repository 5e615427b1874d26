-- Facts of a dataset's knowledge graph.
insert into store.triples (dataset_fingerprint, head, relation, tail) select ?, head, relation, tail from incoming
