-- One row a request: total variation between older history, recent history and list; null where one has no label.
-- uses: taste_shares
select z.run_id, z.request_id,
    case when sum(z.older) > 0 and sum(z.recent) > 0 then sum(abs(z.older - z.recent)) / 2.0 end as older_to_recent,
    case when sum(z.older) > 0 and sum(z.listed) > 0 then sum(abs(z.older - z.listed)) / 2.0 end as older_to_list,
    case when sum(z.recent) > 0 and sum(z.listed) > 0 then sum(abs(z.recent - z.listed)) / 2.0 end as recent_to_list
from (
    select run_id, request_id, label, sum(case when part = 'older' then share else 0.0 end) as older,
        sum(case when part = 'recent' then share else 0.0 end) as recent,
        sum(case when part = 'list' then share else 0.0 end) as listed
    from taste_shares
    group by run_id, request_id, label
) z
group by z.run_id, z.request_id
