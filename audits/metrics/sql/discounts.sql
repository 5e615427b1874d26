-- One row a rank from 1 to 1,000: its discount 1 / log2(1 + rank), and the sum of discounts down to it.
select p.place, 1.0 / log2(1.0 + p.place) as discount,
    sum(1.0 / log2(1.0 + p.place)) over (
        order by p.place rows between unbounded preceding and current row
    ) as ideal_gain
from (
    select 1 + ones.digit + 10 * tens.digit + 100 * hundreds.digit as place
    from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as ones (digit)
    cross join (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as tens (digit)
    cross join (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as hundreds (digit)
) p
