-- One row a listed place: its list, its rank from 1, its item or what was written.
create table placed as
select l.request_index, s.place, s.rank as slot_rank, coalesce(s.item_code, t.item_code) as item_code, s.raw_text, s.parsed,
    case when s.item_code is not null then 'identifier' else t.match_kind end as match_kind,
    case when s.item_code is not null then 1.0 else t.match_score end as match_score,
    coalesce(t.detail, '') as detail, s.score, s.rationale
from staged s
join lists l on l.user_code = s.user_code and l.request is not distinct from s.request
left join resolved t on t.raw_text = s.raw_text and s.item_code is null and s.parsed
