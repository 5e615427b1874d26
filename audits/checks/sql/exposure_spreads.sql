-- One row a run and group of items: largest minus smallest share of exposure over the judged groups of users.
-- uses: group_item_shares
select s.run_id, s.group_name, max(s.exposure_share) - min(s.exposure_share) as spread, sum(s.n_users) as n_units
from group_item_shares s
where s.n_users >= $min_sufficient
    and not ($place_1 > 0 and s.group_1 = 'unknown') and not ($place_2 > 0 and s.group_2 = 'unknown')
    and not ($place_3 > 0 and s.group_3 = 'unknown') and not ($place_4 > 0 and s.group_4 = 'unknown')
    and not ($place_5 > 0 and s.group_5 = 'unknown') and not ($place_6 > 0 and s.group_6 = 'unknown')
group by s.run_id, s.group_name
having count(*) > 1
order by s.run_id, round(spread, 12) desc, s.group_name
