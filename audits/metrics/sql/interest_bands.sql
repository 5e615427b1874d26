-- One row a run and age band of late interests: how many there are, of how many users, and how many are in the list.
-- uses: interests
select b.run_id, b.age_from, b.age_to, count(*) as n_interests, count(distinct b.user_id) as n_users,
    sum(b.is_listed) as n_listed
from (
    select run_id, user_id, is_listed,
        case
            when age <= 2 then age when age <= 4 then 3 when age <= 8 then 5 when age <= 16 then 9 when age <= 32 then 17
            else 33
        end as age_from,
        case
            when age <= 2 then age when age <= 4 then 4 when age <= 8 then 8 when age <= 16 then 16
            when age <= 32 then 32
        end as age_to
    from interests
) b
group by b.run_id, b.age_from, b.age_to
