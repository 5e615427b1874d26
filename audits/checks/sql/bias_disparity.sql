-- One row a run, group of users that is shown and group of items, those furthest from the users' own share first.
-- uses: group_item_shares
select s.run_id, s.group_1, s.group_2, s.group_3, s.group_4, s.group_5, s.group_6, s.group_name, s.n_users,
    round(s.had_share, 4) as had_share, round(s.listed_share, 4) as listed_share,
    round(s.exposure_share, 4) as exposure_share, round(s.bias_disparity, 4) as bias_disparity,
    row_number() over (
        partition by s.run_id
        order by abs(s.listed_share - s.had_share) desc, s.group_1, s.group_2, s.group_3, s.group_4, s.group_5,
            s.group_6, s.group_name
    ) as place
from group_item_shares s
order by s.run_id, place
limit $n_rows
