-- How long a run's recommender took to fit.
update store.runs set fit_seconds = ? where run_id = ?
