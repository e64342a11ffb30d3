-- What the transaction that runs has done to rows so far, by table: triggers and cascades included. The functions behind
-- pg_stat_xact_user_tables, which looks at every index, too. root: of a partition, the oid of the whole. Parameters: none. Serves 12 and later.
SELECT n.nspname AS schema,
       c.relname AS "table",
       s.inserted,
       s.updated,
       s.deleted,
       CASE WHEN c.relispartition THEN pg_catalog.pg_partition_root(c.oid)::oid::text END AS root
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 CROSS JOIN LATERAL (
      SELECT pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid) AS inserted,
             pg_catalog.pg_stat_get_xact_tuples_updated(c.oid) AS updated,
             pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) AS deleted
  ) AS s
 WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
   AND s.inserted + s.updated + s.deleted > 0
 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
