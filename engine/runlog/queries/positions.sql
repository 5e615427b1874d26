-- How far each journal was read.
select run_id, offset_bytes, records, head_hash, problem, problem_stamp from store.journals
