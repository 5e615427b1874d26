-- How a run stands.
update store.runs set run_status = ?, finished_at = ? where run_id = ?
