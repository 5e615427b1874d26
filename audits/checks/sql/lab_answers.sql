-- One row a request of a lab or base run and distinct thing that it names, in order; invented titles by their text.
select t.run_id, t.request_id, t.answer_key,
    row_number() over (partition by t.run_id, t.request_id order by min(t.slot_rank), t.answer_key) as answer_rank
from (
    select s.run_id, s.request_id, s.slot_rank,
        coalesce(
            s.item_id,
            concat(
                'text: ',
                -- what lower() makes of these two letters depends on the engine
                lower(replace(replace(trim(
                    case when s.raw_text like concat(cast(s.slot_rank as varchar), '.%')
                        then substring(s.raw_text, length(cast(s.slot_rank as varchar)) + 2)
                        else s.raw_text end
                ), 'İ', 'i'), 'Σ', 'σ'))
            )
        ) as answer_key
    from slots s
    where s.outcome not in ('missing', 'unparseable') and (s.item_id is not null or s.raw_text is not null)
        and (s.run_id in ($lab_run_ids) or s.run_id in ($run_ids))
) t
group by t.run_id, t.request_id, t.answer_key
