-- One row a run: mean popularity of the users' lists over that of their profiles, minus 1; standard error over users.
-- uses: profile_facts
select y.run_id, y.lift as measured, y.n_users as n_units,
    case
        when y.n_users > 1 then
            sqrt(y.n_users * 1.0 / nullif(y.n_users - 1, 0) * y.residual_square) / nullif(y.profile_sum, 0.0)
    end as standard_error
from (
    select u.run_id, max(m.lift) as lift, count(*) as n_users, sum(u.profile_mean) as profile_sum,
        sum(power(u.list_mean - (1.0 + m.lift) * u.profile_mean, 2.0)) as residual_square
    from (
        select run_id, user_id, avg(list_popularity) as list_mean, avg(profile_popularity) as profile_mean
        from profile_facts
        where list_popularity is not null and profile_popularity is not null
        group by run_id, user_id
    ) u
    join (
        select v.run_id, sum(v.list_mean) / nullif(sum(v.profile_mean), 0.0) - 1.0 as lift
        from (
            select run_id, user_id, avg(list_popularity) as list_mean, avg(profile_popularity) as profile_mean
            from profile_facts
            where list_popularity is not null and profile_popularity is not null
            group by run_id, user_id
        ) v
        group by v.run_id
    ) m on m.run_id = u.run_id
    group by u.run_id
) y
order by y.run_id
