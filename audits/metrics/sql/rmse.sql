-- One row a run: root of the mean squared error of its predicted ratings; the standard error is over users.
-- uses: scope, numbered_requests, placed, target_rows, hit_rows, rating_errors
select y.run_id, sqrt(y.mean_square) as measured, y.n_errors as n_units,
    case
        when y.n_users > 1 and y.mean_square > 0 then
            sqrt(y.n_users * 1.0 / nullif(y.n_users - 1, 0) * y.residual_square)
            / nullif(y.n_errors, 0) / nullif(2.0 * sqrt(y.mean_square), 0.0)
    end as standard_error
from (
    select u.run_id, max(m.mean_square) as mean_square, sum(u.n_errors) as n_errors, count(*) as n_users,
        sum(power(u.square_sum - m.mean_square * u.n_errors, 2.0)) as residual_square
    from (
        select e.run_id, e.user_id, sum(e.error * e.error) as square_sum, count(*) as n_errors
        from rating_errors e
        group by e.run_id, e.user_id
    ) u
    join (
        select f.run_id, avg(f.error * f.error) as mean_square from rating_errors f group by f.run_id
    ) m on m.run_id = u.run_id
    group by u.run_id
) y
order by y.run_id
