-- One row a run, user and stated value, in the order of their names: similarity to the neutral answers, and net effect.
-- uses: stated_effects
select run_id, user_id, attribute, stated_value, similarity, net_effect
from stated_effects
order by run_id, attribute, stated_value, user_id
