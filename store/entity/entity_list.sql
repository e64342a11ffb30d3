-- Every relation that holds rows for people: tables, partitioned tables, views, materialized views, foreign tables; partitions, temporary
-- and system relations left out. rows_estimate: the planner's, of a partitioned table its partitions'; -1: never counted.
-- size_bytes: with indexes and toast, of a partitioned table its partitions'. Asked of the files where there are not very many relations; of those that
-- somebody locks against readers, or waits to, the planner's pages are told: asking would wait, too. Parameters: none. Serves 12 and later.
WITH RECURSIVE members AS (
    SELECT c.oid AS root, c.oid
      FROM pg_catalog.pg_class AS c
     WHERE c.relkind = 'p' AND NOT c.relispartition
    UNION ALL
    SELECT m.root, i.inhrelid
      FROM members AS m
      JOIN pg_catalog.pg_inherits AS i ON i.inhparent = m.oid
), locked AS (
    SELECT coalesce(i.indrelid, l.relation) AS oid
      FROM pg_catalog.pg_locks AS l
      LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = l.relation
     WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
       AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
), heaps AS (
    SELECT c.oid, c.relpages, c.reltoastrelid, c.reltuples,
           c.oid NOT IN (SELECT l.oid FROM locked AS l) AND count(*) OVER () <= 2000 AS is_measured
      FROM pg_catalog.pg_class AS c
     WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
), pages AS (
    SELECT p.oid, sum(p.relpages) * pg_catalog.current_setting('block_size')::bigint AS size_bytes
      FROM (SELECT h.oid, h.relpages FROM heaps AS h
            UNION ALL
            SELECT h.oid, t.relpages FROM heaps AS h JOIN pg_catalog.pg_class AS t ON t.oid = h.reltoastrelid
            UNION ALL
            SELECT i.indrelid, x.relpages FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid) AS p
     GROUP BY p.oid
), sizes AS (
    SELECT h.oid, h.reltuples,
           CASE WHEN h.is_measured THEN pg_catalog.pg_total_relation_size(h.oid) ELSE p.size_bytes END AS size_bytes
      FROM heaps AS h
      JOIN pages AS p ON p.oid = h.oid
), sums AS (
    SELECT m.root AS oid,
           sum(greatest(s.reltuples, 0)) AS rows_estimate,
           sum(s.size_bytes) AS size_bytes
      FROM members AS m
      JOIN sizes AS s ON s.oid = m.oid
     GROUP BY m.root
)
SELECT n.nspname AS schema,
       c.relname AS name,
       c.relkind::text AS kind,
       coalesce(s.rows_estimate, c.reltuples)::bigint AS rows_estimate,
       coalesce(z.size_bytes, s.size_bytes, 0)::bigint AS size_bytes,
       c.relnatts - coalesce(g.count, 0) AS column_count,
       e.description AS comment
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN sizes AS z ON z.oid = c.oid
  LEFT JOIN sums AS s ON s.oid = c.oid
  LEFT JOIN (SELECT a.attrelid, count(*) FROM pg_catalog.pg_attribute AS a WHERE a.attisdropped GROUP BY a.attrelid) AS g ON g.attrelid = c.oid
  LEFT JOIN pg_catalog.pg_description AS e ON e.objoid = c.oid AND e.classoid = 'pg_catalog.pg_class'::regclass AND e.objsubid = 0
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND c.relpersistence <> 't'
   AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
