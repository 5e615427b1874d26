"""Datasets: the schema, loaders, splits, fingerprints and quality reports. Not here: anything that learns from them."""
