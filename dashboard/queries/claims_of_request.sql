-- One row a claim of a request, in the order of its texts: the sentence, the verdict, and the row that it rests on.
select c.slot_rank, c.origin, c.step_index, c.sentence, c.relation, c.claimed_value, c.verdict,
    c.evidence, c.claim_kind, i.title as subject
from claims c
join runs r on r.run_id = c.run_id
left join items i on i.dataset_fingerprint = r.dataset_fingerprint and i.item_id = c.subject_item_id
where c.run_id = ? and c.request_id = ?
order by c.origin, c.step_index, c.slot_rank, c.claim_index
