-- One row a run and form of the request: similarity of its answers to the neutral ones, mean over users.
-- uses: neutral_similarity
select f.run_id, f.attribute, f.stated_value, count(f.jaccard) as n_users, round(avg(f.jaccard), 4) as jaccard,
    round(avg(f.serp_published), 4) as serp_published, round(avg(f.serp), 4) as serp,
    round(avg(f.prag_published), 4) as prag_published, round(avg(f.prag), 4) as prag
from (
    select s.run_id, case when s.variant = $variant then 0 else 1 end as place,
        case when s.variant = $variant then 'neutral, repeated' else s.attribute end as attribute,
        case when s.variant = $variant then '' else s.stated_value end as stated_value,
        s.jaccard, s.serp_published, s.serp, s.prag_published, s.prag
    from neutral_similarity s
) f
group by f.run_id, f.place, f.attribute, f.stated_value
order by f.run_id, f.place, f.attribute, f.stated_value
