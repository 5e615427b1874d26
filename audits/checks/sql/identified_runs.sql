-- One row a run: whether every item that it named was given by its id, so that nothing could be invented.
-- uses: scope
select q.run_id, sum(case when s.match_kind = 'identifier' then 0 else 1 end) as n_by_text, count(*) as n_named
from scope q
join slots s on s.run_id = q.run_id and s.request_id = q.request_id
where q.request_status = 'answered' and s.outcome not in ('missing', 'unparseable')
group by q.run_id
order by q.run_id
