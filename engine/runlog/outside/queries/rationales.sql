-- The reasons that were given in the lists of a range.
select h.request_index, h.slot_rank, i.item_id, h.rationale
from placed h
left join items i on i.item_code = h.item_code
where h.request_index >= $first and h.request_index < $last and h.slot_rank <= $k and h.rationale is not null
order by 1, 2
