-- One row an item that both answers of a pair name, with its place in each.
-- uses: answer_pairs, named_items
select p.run_id, p.request_id, p.neutral_request_id, p.n_items, x.place as own_place, y.place as neutral_place
from answer_pairs p
join named_items x on x.run_id = p.run_id and x.request_id = p.request_id
join named_items y on y.run_id = p.run_id and y.request_id = p.neutral_request_id and y.item_key = x.item_key
