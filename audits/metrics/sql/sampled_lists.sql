-- One row a delivered item of a user drawn by a hash of the name: first repetition only, empty lists left out.
-- uses: ranked
select r.run_id, r.user_id, r.item_id, u.n_listed, u.place
from (select distinct run_id, user_id, item_id from ranked where repeat_index = 0) r
join (
    select z.run_id, z.user_id, z.n_listed,
        row_number() over (partition by z.run_id order by md5(concat(z.user_id, $sample_salt)), z.user_id) as place
    from (
        select run_id, user_id, count(distinct item_id) as n_listed
        from ranked
        where repeat_index = 0
        group by run_id, user_id
    ) z
) u on u.run_id = r.run_id and u.user_id = r.user_id
where u.place <= $sample_users
