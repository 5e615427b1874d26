-- One row where the file holds an index at all.
select 1 from duckdb_tables() where schema_name = 'store' and table_name = 'schema_state'
