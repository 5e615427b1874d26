-- One row a run: variance between users, within a user's repeats, or the share of the latter, and the users.
-- uses: user_repeats
select c.run_id,
    case $component when 'within' then c.within_variance when 'between' then c.between_variance
        else c.within_variance / nullif(c.within_variance + c.between_variance, 0) end as measured,
    c.n_users
from (
    select t.run_id, t.n_users, t.within_variance,
        greatest(0.0, (t.between_square - t.within_variance) / nullif(t.usual_size, 0)) as between_variance
    from (
        select r.run_id, count(*) as n_users,
            greatest(0.0, sum(r.square_sum) - sum(r.value_sum * r.value_sum / nullif(r.n_scored, 0)))
                / nullif(sum(r.n_scored) - count(*), 0) as within_variance,
            greatest(
                0.0,
                sum(r.value_sum * r.value_sum / nullif(r.n_scored, 0))
                - sum(r.value_sum) * sum(r.value_sum) / nullif(sum(r.n_scored), 0)
            ) / nullif(count(*) - 1, 0) as between_square,
            (sum(r.n_scored) - sum(r.n_scored * r.n_scored) * 1.0 / nullif(sum(r.n_scored), 0))
                / nullif(count(*) - 1, 0) as usual_size
        from user_repeats r
        group by r.run_id
    ) t
) c
order by c.run_id
