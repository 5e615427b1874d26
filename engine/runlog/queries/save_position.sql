-- Write down how far a journal was read.
insert into store.journals (run_id, offset_bytes, records, head_hash, problem, problem_stamp)
values (?, ?, ?, ?, ?, ?)
on conflict (run_id) do update set
    offset_bytes = excluded.offset_bytes, records = excluded.records, head_hash = excluded.head_hash,
    problem = excluded.problem, problem_stamp = excluded.problem_stamp
