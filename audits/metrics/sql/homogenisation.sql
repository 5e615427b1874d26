-- One row a run: mean Jaccard similarity over all pairs of the sampled users' lists, and its standard error.
-- uses: inter_user_diversity
select run_id, 1.0 - measured as measured, n_units, standard_error
from inter_user_diversity
order by run_id
