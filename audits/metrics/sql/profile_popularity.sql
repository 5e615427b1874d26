-- One row a request whose user had any item of known popularity: their mean popularity, a repeated item counted again.
-- uses: history_rows, popularity
-- kept
-- in arrays: profile_popularity
select h.request_no, avg(cast(c.n_interactions as double)) as profile_popularity
from history_rows h
join popularity c on c.run_no = h.run_no and c.item_no = h.item_no
group by h.request_no
