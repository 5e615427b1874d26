-- One row a run: users with any part or whole, those with a whole, and sums over them that a ratio's variance needs.
-- uses: user_ratios
select u.run_id, count(*) as n_users, sum(case when u.whole_sum > 0 then 1 else 0 end) as n_wholes,
    sum(u.part_sum) as parts, sum(u.whole_sum) as wholes, sum(u.part_sum * u.part_sum) as part_squares,
    sum(u.part_sum * u.whole_sum) as products, sum(u.whole_sum * u.whole_sum) as whole_squares
from (
    select run_id, cast(part_sum as double) as part_sum, cast(whole_sum as double) as whole_sum from user_ratios
) u
where u.whole_sum > 0 or u.part_sum > 0
group by u.run_id
order by u.run_id
