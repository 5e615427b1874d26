-- Write down which file derived rows come from.
insert into store.derived_files (table_name, run_id, stamp, producer, journal_head, n_rows, problem)
values (?, ?, ?, ?, ?, ?, ?)
