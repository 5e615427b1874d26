-- Every column of every public view with what it means.
select v.view_name, v.comment as view_comment, c.column_name, c.data_type, c.comment as column_comment
from duckdb_views() v
join duckdb_columns() c on c.table_oid = v.view_oid and c.schema_name = v.schema_name
where not v.internal and v.schema_name = 'main'
order by v.view_oid, c.column_index
