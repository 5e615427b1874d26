-- One row a request: the number of its user's combination of attribute values.
-- uses: scope, numbered_requests, user_groups, group_combinations
-- kept
select q.run_no, q.request_no, c.group_no
from numbered_requests q
join user_groups g on g.run_id = q.run_id and g.user_id = q.user_id
join group_combinations c on c.run_id = g.run_id and c.group_1 = g.group_1 and c.group_2 = g.group_2
    and c.group_3 = g.group_3 and c.group_4 = g.group_4 and c.group_5 = g.group_5 and c.group_6 = g.group_6
