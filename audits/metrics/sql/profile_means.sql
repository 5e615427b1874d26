-- One row a run and user whose profile and lists both have a popularity: the means over the user's requests.
-- uses: profile_facts
-- kept
select run_id, user_id, avg(list_popularity) as list_mean, avg(profile_popularity) as profile_mean
from profile_facts
where list_popularity is not null and profile_popularity is not null
group by run_id, user_id
