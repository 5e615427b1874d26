-- The k slots of each list of a range, and what became of each: the rules of engine/outcomes.py.
with here as (
    select * from placed where request_index >= $first and request_index < $last and slot_rank <= $k
),
repeated as (
    select request_index, item_code, min(slot_rank) as first_rank
    from here
    where item_code is not null
    group by request_index, item_code
    having count(*) > 1
),
gaps as (
    select l.request_index, r.slot_rank
    from (
        select l.request_index
        from lists l
        left join (select request_index, count(*) as n_places from here group by request_index) h
            on h.request_index = l.request_index
        where l.request_index >= $first and l.request_index < $last and coalesce(h.n_places, 0) < $k
    ) l
    cross join (select cast(unnest(range(1, $k + 1)) as integer) as slot_rank) r
    anti join here h on h.request_index = l.request_index and h.slot_rank = r.slot_rank
)
select h.request_index, h.slot_rank,
    case
        when not h.parsed then 'unparseable'
        when h.item_code is null then 'out_of_catalogue'
        when c.item_code is not null then 'already_consumed'
        when h.slot_rank > p.first_rank then 'duplicate'
        else 'delivered'
    end as outcome,
    case when h.parsed and h.item_code is null then h.detail else '' end as outcome_detail,
    coalesce(h.raw_text, i.item_id) as raw_text, i.item_id, h.match_kind, h.match_score, h.score
from here h
join lists l on l.request_index = h.request_index
left join items i on i.item_code = h.item_code
left join repeated p on p.request_index = h.request_index and p.item_code = h.item_code
left join consumed c on c.user_code = l.user_code and c.item_code = h.item_code
union all
select request_index, slot_rank, 'missing', '', null, null, null, null, null from gaps
order by 1, 2
