-- Notes how often this session has written to each system table, in a setting of the transaction: what twice_glance.sql compares.
-- Parameters: none. Columns: set_config. Serves 12 and newer.
SELECT pg_catalog.set_config('pgdeck.counts', coalesce((
    SELECT pg_catalog.jsonb_object_agg(w.oid, w.count)::text
    FROM (SELECT c.oid, pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid) + pg_catalog.pg_stat_get_xact_tuples_updated(c.oid)
              + pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) AS count
          FROM pg_catalog.pg_class AS c
          WHERE c.relnamespace = 11 AND c.relkind = 'r' AND c.oid < 16384) AS w
    WHERE w.count > 0), '{}'), true)
