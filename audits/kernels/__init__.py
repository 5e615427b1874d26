"""List metrics worked out in arrays, where SQL is the wrong tool: pairs within lists, vectors, distributions."""
