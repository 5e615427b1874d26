-- One row a run: standard deviation of the mean similarity to the neutral answers over the stated values of an attribute; null below two.
-- uses: stated_effects
select v.run_id, case when count(v.mean_similarity) > 1 then stddev_pop(v.mean_similarity) end as measured, sum(v.n_scored) as n_units
from (
    select run_id, stated_value, avg(similarity) as mean_similarity, count(similarity) as n_scored
    from stated_effects
    where attribute = $attribute
    group by run_id, stated_value
) v
group by v.run_id
order by v.run_id
