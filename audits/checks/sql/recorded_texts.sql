-- One row a text of some requests of a run: prompts (as JSON messages), answers, reasons, steps, list entries, errors.
select request_id, field, slot_rank, said
from (
    select g.request_id, q.request_index, 'prompt' as field, cast(null as integer) as slot_rank,
        g.gen_ai_input_messages as said, g.generation_index as place
    from generations g
    join requests q on q.run_id = g.run_id and q.request_id = g.request_id
    where g.run_id = $run_id and q.request_index between $first and $last
    union all
    select q.request_id, q.request_index, 'prompt', null, q.prompt, 0
    from requests q
    where q.run_id = $run_id and q.request_index between $first and $last
        and not exists (select 1 from generations g where g.run_id = q.run_id and g.request_id = q.request_id)
    union all
    select g.request_id, q.request_index, 'answer', null, g.gen_ai_output_text, g.generation_index
    from generations g
    join requests q on q.run_id = g.run_id and q.request_id = g.request_id
    where g.run_id = $run_id and q.request_index between $first and $last
    union all
    select x.request_id, q.request_index, 'rationale', x.slot_rank, x.rationale, x.slot_rank
    from rationales x
    join requests q on q.run_id = x.run_id and q.request_id = x.request_id
    where x.run_id = $run_id and q.request_index between $first and $last
    union all
    select s.request_id, q.request_index, 'step', null,
        concat(s.step_text, chr(10), s.arguments, chr(10), s.observation), s.step_index
    from steps s
    join requests q on q.run_id = s.run_id and q.request_id = s.request_id
    where s.run_id = $run_id and q.request_index between $first and $last
    union all
    select s.request_id, q.request_index, 'raw_text', s.slot_rank, s.raw_text, s.slot_rank
    from slots s
    join requests q on q.run_id = s.run_id and q.request_id = s.request_id
    where s.run_id = $run_id and q.request_index between $first and $last
    union all
    select q.request_id, q.request_index, 'error', null, q.error, 0
    from requests q
    where q.run_id = $run_id and q.request_index between $first and $last
    union all
    select g.request_id, q.request_index, 'error', null, g.error, g.generation_index
    from generations g
    join requests q on q.run_id = g.run_id and q.request_id = g.request_id
    where g.run_id = $run_id and q.request_index between $first and $last and g.error is not null
        and g.error <> coalesce(q.error, '')
) t
where said is not null and said <> ''
order by request_index, field, place, slot_rank
