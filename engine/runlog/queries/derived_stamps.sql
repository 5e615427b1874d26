-- Which files the derived rows come from.
select table_name, run_id, stamp from store.derived_files
