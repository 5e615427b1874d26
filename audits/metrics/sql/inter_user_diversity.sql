-- One row a run: 1 - mean Jaccard similarity over all pairs of the sampled users' lists, and its standard error.
-- uses: sampled_lists, user_similarity
select x.run_id, 1.0 - avg(x.similarity) as measured, count(*) as n_units,
    2.0 * sqrt(var_samp(x.similarity) / nullif(count(*), 0)) as standard_error
from (
    select u.run_id, u.user_id, coalesce(s.similarity_sum, 0.0) / nullif(z.n_sampled - 1, 0) as similarity
    from (select distinct run_id, user_id from sampled_lists) u
    join (
        select run_id, count(distinct user_id) as n_sampled from sampled_lists group by run_id
    ) z on z.run_id = u.run_id
    left join user_similarity s on s.run_id = u.run_id and s.user_id = u.user_id
) x
group by x.run_id
order by x.run_id
