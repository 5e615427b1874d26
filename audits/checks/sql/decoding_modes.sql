-- One row a run and decoding mode of the calls made to recommend.
-- uses: scope
select g.run_id, g.decoding, count(*) as n_calls
from scope q
join generations g on g.run_id = q.run_id and g.request_id = q.request_id
where g.purpose = 'recommend'
group by g.run_id, g.decoding
order by g.run_id, n_calls desc, g.decoding
