-- One row a sampled user: sum of the Jaccard similarities of the user's list with those of the other sampled users.
-- uses: sampled_lists
-- kept
select p.run_id, p.user_a as user_id, sum(p.n_shared / (p.listed_a + p.listed_b - p.n_shared)) as similarity_sum
from (
    select a.run_id, a.user_id as user_a, b.user_id as user_b, a.n_listed as listed_a, b.n_listed as listed_b,
        count(*) as n_shared
    from sampled_lists a
    join sampled_lists b on b.run_id = a.run_id and b.item_no = a.item_no and b.user_id <> a.user_id
    group by a.run_id, a.user_id, b.user_id, a.n_listed, b.n_listed
) p
group by p.run_id, p.user_a
