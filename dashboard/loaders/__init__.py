"""Every cache of the dashboard, and the only callers of engine and audits. Views ask here and nowhere else."""
