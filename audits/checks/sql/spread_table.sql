-- One row a run, attribute and form of similarity: its mean by stated value, smallest and largest, SNSR and SNSV.
-- uses: neutral_similarity
select v.run_id, v.attribute, v.form, count(*) as n_values, round(min(v.mean_similarity), 4) as smallest,
    round(max(v.mean_similarity), 4) as largest,
    round(max(v.mean_similarity) - min(v.mean_similarity), 4) as snsr,
    round(stddev_pop(v.mean_similarity), 4) as snsv
from (
    select s.run_id, s.attribute, s.stated_value, f.place, f.form,
        avg(
            case f.place when 1 then s.jaccard when 2 then s.serp_published when 3 then s.serp
                when 4 then s.prag_published else s.prag end
        ) as mean_similarity
    from neutral_similarity s
    cross join (
        values (1, 'Jaccard'), (2, 'SERP* raw'), (3, 'SERP* 0-1'), (4, 'PRAG* raw'),
            (5, 'PRAG* 0-1')
    ) as f (place, form)
    where s.variant <> $variant
    group by s.run_id, s.attribute, s.stated_value, f.place, f.form
) v
where v.mean_similarity is not null
group by v.run_id, v.attribute, v.place, v.form
having count(*) > 1
order by v.run_id, v.attribute, v.place
