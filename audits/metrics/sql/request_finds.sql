-- One row a request of a run that was looked through: which of its texts there are, and which hold personal data.
-- uses: scope
select q.run_id, q.request_id, q.user_id,
    case when nullif(r.prompt, '') is not null or g.n_prompts > 0 then 1 else 0 end as has_prompt,
    case
        when coalesce(g.n_answers, 0) > 0 or x.request_id is not null or w.request_id is not null
            or t.request_id is not null then 1
        else 0
    end as has_answer,
    coalesce(p.in_prompts, 0) as in_prompts, coalesce(p.in_answers, 0) as in_answers,
    coalesce(p.brought_up, 0) as brought_up
from scope q
join derived d on d.run_id = q.run_id and d.table_name = 'personal_data' and d.problem is null
join requests r on r.run_id = q.run_id and r.request_id = q.request_id
left join (
    select run_id, request_id, sum(case when gen_ai_output_text <> '' then 1 else 0 end) as n_answers,
        sum(case when gen_ai_input_messages not in ('', '[]') then 1 else 0 end) as n_prompts
    from generations
    where run_id in ($run_ids)
    group by run_id, request_id
) g on g.run_id = q.run_id and g.request_id = q.request_id
left join (
    select distinct run_id, request_id from rationales where run_id in ($run_ids) and rationale <> ''
) x on x.run_id = q.run_id and x.request_id = q.request_id
left join (
    select distinct run_id, request_id from slots where run_id in ($run_ids) and raw_text <> ''
) w on w.run_id = q.run_id and w.request_id = q.request_id
left join (
    select distinct run_id, request_id from steps
    where run_id in ($run_ids) and (step_text <> '' or arguments <> '' or observation <> '')
) t on t.run_id = q.run_id and t.request_id = q.request_id
left join (
    select run_id, request_id, max(case when field = 'prompt' then 1 else 0 end) as in_prompts,
        max(case when field in ('answer', 'rationale', 'step', 'raw_text') then 1 else 0 end) as in_answers,
        max(
            case when field in ('answer', 'rationale', 'step', 'raw_text') and not in_prompt then 1 else 0 end
        ) as brought_up
    from personal_data
    where run_id in ($run_ids)
    group by run_id, request_id
) p on p.run_id = q.run_id and p.request_id = q.request_id
