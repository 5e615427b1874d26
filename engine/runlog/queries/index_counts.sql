-- What the index covers: runs, journal records, datasets.
select (select count(*) from runs), (select coalesce(sum(n_records), 0)::bigint from journals),
    (select count(*) from datasets)
