-- One row a dataset of the runs in scope: how many items, and how many users, the datasets before have.
-- uses: run_numbers
-- kept
select d.dataset_fingerprint,
    cast(
        coalesce(
            sum(i.n_items) over (order by d.dataset_fingerprint rows between unbounded preceding and 1 preceding), 0
        ) as integer
    ) as items_before,
    cast(
        coalesce(
            sum(u.n_users) over (order by d.dataset_fingerprint rows between unbounded preceding and 1 preceding), 0
        ) as integer
    ) as users_before
from (select distinct dataset_fingerprint from run_numbers) d
left join (
    select dataset_fingerprint, max(item_number) as n_items from items group by dataset_fingerprint
) i on i.dataset_fingerprint = d.dataset_fingerprint
left join (
    select dataset_fingerprint, max(user_number) as n_users from users group by dataset_fingerprint
) u on u.dataset_fingerprint = d.dataset_fingerprint
