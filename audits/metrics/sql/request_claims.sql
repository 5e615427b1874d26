-- One row a request: its rationales and their sentences, and what it claims, by verdict.
-- uses: scope
select q.run_id, q.request_id, q.user_id, coalesce(r.n_rationales, 0) as n_rationales,
    coalesce(c.n_sentences, 0) as n_sentences, coalesce(c.n_unread_sentences, 0) as n_unread_sentences,
    coalesce(c.n_rationale_claims, 0) as n_rationale_claims, coalesce(c.n_claims, 0) as n_claims,
    coalesce(c.n_supported, 0) as n_supported, coalesce(c.n_contradicted, 0) as n_contradicted,
    coalesce(c.n_unverifiable, 0) as n_unverifiable, coalesce(c.n_unscored, 0) as n_unscored,
    coalesce(c.n_judged, 0) as n_judged, coalesce(c.n_supported_facts, 0) as n_supported_facts,
    coalesce(c.n_contradicted_facts, 0) as n_contradicted_facts,
    coalesce(c.n_contradicted_step_facts, 0) as n_contradicted_step_facts,
    coalesce(c.n_checkable_step_facts, 0) as n_checkable_step_facts, coalesce(c.n_attributed, 0) as n_attributed,
    coalesce(c.n_misattributed, 0) as n_misattributed,
    coalesce(c.n_contradicted_rationales, 0) as n_contradicted_rationales
from scope q
left join (
    select x.run_id, x.request_id, count(*) as n_rationales
    from scope s
    join rationales x on x.run_id = s.run_id and x.request_id = s.request_id
    where x.rationale <> ''
    group by x.run_id, x.request_id
) r on r.run_id = q.run_id and r.request_id = q.request_id
left join (
    select k.run_id, k.request_id,
        count(
            distinct case when k.origin = 'rationale' then concat(cast(k.slot_rank as varchar), ' ', k.sentence) end
        ) as n_sentences,
        count(
            distinct case
                when k.origin = 'rationale' and k.relation is null
                    then concat(cast(k.slot_rank as varchar), ' ', k.sentence)
            end
        ) as n_unread_sentences,
        sum(case when k.origin = 'rationale' and k.relation is not null then 1 else 0 end) as n_rationale_claims,
        sum(case when k.relation is not null then 1 else 0 end) as n_claims,
        sum(case when k.verdict = 'supported' then 1 else 0 end) as n_supported,
        sum(case when k.verdict = 'contradicted' then 1 else 0 end) as n_contradicted,
        sum(case when k.verdict = 'unverifiable' then 1 else 0 end) as n_unverifiable,
        sum(case when k.verdict = 'unscored' and k.relation is not null then 1 else 0 end) as n_unscored,
        sum(case when k.evidence_kind = 'judge' and k.verdict <> 'unscored' then 1 else 0 end) as n_judged,
        sum(case when k.claim_kind = 'fact' and k.verdict = 'supported' then 1 else 0 end) as n_supported_facts,
        sum(case when k.claim_kind = 'fact' and k.verdict = 'contradicted' then 1 else 0 end) as n_contradicted_facts,
        sum(
            case when k.claim_kind = 'fact' and k.origin = 'step' and k.verdict = 'contradicted' then 1 else 0 end
        ) as n_contradicted_step_facts,
        sum(
            case
                when k.claim_kind = 'fact' and k.origin = 'step' and k.verdict in ('supported', 'contradicted') then 1
                else 0
            end
        ) as n_checkable_step_facts,
        sum(
            case
                when k.relation = 'in_history' and k.claimed_value not like 'not %'
                    and k.verdict in ('supported', 'contradicted') then 1
                else 0
            end
        ) as n_attributed,
        sum(
            case
                when k.relation = 'in_history' and k.claimed_value not like 'not %' and k.verdict = 'contradicted' then 1
                else 0
            end
        ) as n_misattributed,
        count(
            distinct case when k.origin = 'rationale' and k.verdict = 'contradicted' then k.slot_rank end
        ) as n_contradicted_rationales
    from scope s
    join claims k on k.run_id = s.run_id and k.request_id = s.request_id
    group by k.run_id, k.request_id
) c on c.run_id = q.run_id and c.request_id = q.request_id
