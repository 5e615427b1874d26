-- One row a user of a test with a control: outcome of the named and of the random change, and their difference.
-- uses: lab_item_ranks
select lab_run_id, base_run_id, user_id, avg(case when lab_level = 'named' then outcome end) as named_value,
    avg(case when lab_level = 'random' then outcome end) as random_value,
    avg(case when lab_level = 'named' then outcome end) - avg(case when lab_level = 'random' then outcome end)
        as user_value
from (
    select lab_run_id, base_run_id, user_id, lab_level,
        case
            when lab_rank is null then null
            when $about = 'dropped' then case when lab_rank > requested_k then 1 else 0 end
            when $about = 'kept' then case when lab_rank > requested_k then 0 else 1 end
            when $about = 'shift' then lab_rank - base_rank
        end as outcome
    from lab_item_ranks
    where lab_test = $lab_test
) o
group by lab_run_id, base_run_id, user_id
order by lab_run_id, user_id
