"""Show what the engine recorded and the audits found. Computes nothing."""
