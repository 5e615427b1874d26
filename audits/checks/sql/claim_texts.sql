-- One row a text of some requests of a run: rationales, then steps that say something else than a rationale.
select request_id, slot_rank, item_id, origin, step_index, said
from (
    select x.request_id, x.slot_rank, x.item_id, 'rationale' as origin, cast(null as integer) as step_index,
        x.rationale as said, q.request_index
    from rationales x
    join requests q on q.run_id = x.run_id and q.request_id = x.request_id
    where x.run_id = $run_id and q.request_index between $first and $last and x.rationale <> ''
    union all
    select s.request_id, p.slot_rank, s.item_id, 'step' as origin, s.step_index, s.step_text as said, q.request_index
    from steps s
    join requests q on q.run_id = s.run_id and q.request_id = s.request_id
    left join (
        select run_id, request_id, item_id, min(slot_rank) as slot_rank
        from slots
        where run_id = $run_id and item_id is not null
        group by run_id, request_id, item_id
    ) p on p.run_id = s.run_id and p.request_id = s.request_id and p.item_id = s.item_id
    where s.run_id = $run_id and q.request_index between $first and $last and s.step_text <> ''
        and not exists (
            select 1 from rationales x
            where x.run_id = s.run_id and x.request_id = s.request_id and x.rationale = s.step_text
        )
) t
order by request_index, origin, step_index, slot_rank
