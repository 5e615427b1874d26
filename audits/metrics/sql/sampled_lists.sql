-- One row a delivered item of a user drawn by a hash of the name: first repetition only, empty lists left out. Only hashes
-- that begin no later than is needed to have enough users are put in order: far faster than all.
-- uses: placed, drawn_lists
-- kept
select d.run_id, d.user_id, s.item_no, d.n_delivered as n_listed, d.place
from (
    select h.run_id, h.user_id, h.request_no, h.n_delivered,
        row_number() over (partition by h.run_id order by h.drawn, h.user_id) as place
    from drawn_lists h
    left join (
        select c.run_id, min(c.beginning) as last_beginning
        from (
            select b.run_id, b.beginning, sum(b.n_lists) over (partition by b.run_id order by b.beginning) as n_until
            from (
                select x.run_id, substring(x.drawn, 1, 3) as beginning, count(*) as n_lists
                from drawn_lists x
                group by x.run_id, substring(x.drawn, 1, 3)
            ) b
        ) c
        where c.n_until >= $sample_users
        group by c.run_id
    ) e on e.run_id = h.run_id
    where e.last_beginning is null or substring(h.drawn, 1, 3) <= e.last_beginning
) d
join placed s on s.request_no = d.request_no
where d.place <= $sample_users
