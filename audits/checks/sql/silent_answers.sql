-- One row a changed answer that gives reasons: whether none of them names the attribute.
-- uses: changed_answers, reasons_given
select c.run_id, c.request_id, c.user_id,
    case when sum(case when regexp_matches(lower(g.reason), $pattern) then 1 else 0 end) = 0 then 1 else 0 end as silent
from changed_answers c
join reasons_given g on g.run_id = c.run_id and g.request_id = c.request_id
where c.attribute = $attribute
group by c.run_id, c.request_id, c.user_id
