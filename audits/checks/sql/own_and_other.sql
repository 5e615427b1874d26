-- One row a run and attribute: net effect of stating the user's own value, and of stating another; few people are left out.
-- uses: stated_effects
select run_id, attribute, count(distinct case when truth <> 'unknown' then user_id end) as n_users,
    round(avg(case when truth = 'own' then net_effect end), 4) as own_value,
    round(avg(case when truth = 'other' then net_effect end), 4) as other_value
from stated_effects
group by run_id, attribute
having count(distinct case when truth <> 'unknown' then user_id end) >= $min_people
    and count(distinct case when truth = 'unknown' then user_id end) not between 1 and $min_people - 1
order by run_id, attribute
