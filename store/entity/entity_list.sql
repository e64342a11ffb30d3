-- Every relation that holds rows for people: tables, partitioned tables, views, materialized views, foreign tables; partitions, temporary
-- and system relations left out. rows_estimate: the planner's, of a partitioned table its partitions'; -1: never counted.
-- Parameters: none. Serves 12 and later.
WITH RECURSIVE members AS (
    SELECT c.oid AS root, c.oid
      FROM pg_catalog.pg_class AS c
     WHERE c.relkind = 'p' AND NOT c.relispartition
    UNION ALL
    SELECT m.root, i.inhrelid
      FROM members AS m
      JOIN pg_catalog.pg_inherits AS i ON i.inhparent = m.oid
), sums AS (
    SELECT m.root,
           sum(greatest(c.reltuples, 0)) AS rows_estimate,
           sum(pg_catalog.pg_total_relation_size(c.oid)) AS size_bytes
      FROM members AS m
      JOIN pg_catalog.pg_class AS c ON c.oid = m.oid
     WHERE c.relkind <> 'p'
     GROUP BY m.root
)
SELECT n.nspname AS schema,
       c.relname AS name,
       c.relkind::text AS kind,
       coalesce(s.rows_estimate, c.reltuples)::bigint AS rows_estimate,
       CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_total_relation_size(c.oid)
            ELSE coalesce(s.size_bytes, 0) END::bigint AS size_bytes,
       c.relnatts::bigint AS column_count,
       pg_catalog.obj_description(c.oid, 'pg_class') AS comment
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN sums AS s ON s.root = c.oid
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND c.relpersistence <> 't'
   AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
