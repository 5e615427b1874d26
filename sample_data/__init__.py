"""The sample world: catalogue of true facts, simulated behaviour, embedded model, datasheet and generator."""
