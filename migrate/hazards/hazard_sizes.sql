-- What relations of the target there are and how large: pages in bytes and rows as the server estimates them. Takes no lock on any of
-- them. Columns: relation, bytes, rows. By name. Serves 12 and newer.
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS relation,
    (c.relpages::bigint * pg_catalog.current_setting('block_size')::bigint) AS bytes,
    greatest(c.reltuples::bigint, pg_catalog.pg_stat_get_live_tuples(c.oid), 0) AS rows
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'i', 'I', 'v', 'S', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY pg_catalog.format('%I.%I', n.nspname, c.relname) COLLATE pg_catalog."C"
