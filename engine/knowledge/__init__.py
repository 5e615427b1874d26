"""The knowledge graph of a dataset: building it, neighbours, paths between items. Not here: judging paths (audits)."""
