-- Put a batch of checked rows onto the stage, users and items as codes; text stays only where it says more than the id.
insert into staged
select $first_place + r.number, u.user_code, case when u.user_code is null then r."user" end, r.request, r.rank,
    k.item_code, case when r.raw_text is not null then r.raw_text when k.item_code is null or k.key <> k.item_id then r.item end,
    true, r.answer, r.score, r.rationale, r.prompt, r.latency_ms, r.model, r.time
from incoming r
left join users u on u.key = r."user"
left join item_keys k on k.key = r.item
