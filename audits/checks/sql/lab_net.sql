-- One row a user of a test: change, mean over the levels; that of unchanged requests; what is measured of them.
-- uses: lab_user_changes
select e.lab_run_id, e.base_run_id, e.user_id, e.effect, f.noise,
    case when $is_net then e.effect - f.noise else e.effect end as user_value
from (
    select lab_run_id, base_run_id, user_id,
        case when count(case when $of_top then top_change else list_change end) = $n_levels
            then avg(case when $of_top then top_change else list_change end) end as effect
    from lab_user_changes
    where lab_test = $lab_test and lab_level in ($lab_levels)
    group by lab_run_id, base_run_id, user_id
) e
left join (
    select lab_run_id, user_id, case when $of_top then top_change else list_change end as noise
    from lab_user_changes
    where lab_test = 'floor'
) f on f.lab_run_id = e.lab_run_id and f.user_id = e.user_id
order by e.lab_run_id, e.user_id
