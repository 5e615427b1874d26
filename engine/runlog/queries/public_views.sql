-- The names of all public views.
select view_name from duckdb_views() where not internal and schema_name = 'main' order by view_oid
