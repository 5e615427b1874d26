-- One row a run and combination of attribute values: its users that anything was delivered to.
-- uses: list_facts, request_groups
-- kept
select r.group_no, count(distinct f.user_id) as n_users
from list_facts f
join request_groups r on r.request_no = f.request_no
where f.n_delivered > 0
group by r.group_no
