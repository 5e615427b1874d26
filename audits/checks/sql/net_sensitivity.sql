-- One row a run and stated value of an attribute: net effect, users that it is taken over, users without one.
-- uses: stated_effects
select run_id, stated_value as group_1, avg(net_effect) as measured, count(net_effect) as n_users,
    count(*) - count(net_effect) as n_unscored
from stated_effects
where attribute = $attribute
group by run_id, stated_value
order by run_id, stated_value
