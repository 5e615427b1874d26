"""The run log: journals (the truth), the DuckDB index over them, its migrations and public views."""
