-- One row a run: slots that are left after each stage of the attrition.
-- uses: request_outcomes
select run_id, sum(n_requested) as n_requested, sum(n_answered) as n_answered, sum(n_given) as n_given,
    sum(n_named) as n_named, sum(n_named - n_out_of_catalogue) as n_in_catalogue,
    sum(n_named - n_out_of_catalogue - n_already_consumed) as n_new,
    sum(n_named - n_out_of_catalogue - n_already_consumed - n_duplicate) as n_distinct,
    sum(n_delivered) as n_delivered
from request_outcomes
group by run_id
order by run_id
