-- Which of some requests of a run the index holds already.
select request_id from store.requests where run_id = ? and request_id in (select unnest(?::varchar[]))
