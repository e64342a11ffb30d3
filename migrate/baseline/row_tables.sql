-- Tables that may hold rows: what has a page of data, partitioned tables by their partitions, of which none is told by itself.
-- Parameters: none. Columns: oid; identity, as PostgreSQL quotes it; is_partitioned. By identity. Serves 12 and later.
SELECT c.oid::bigint AS oid,
       pg_catalog.format('%I.%I', n.nspname, c.relname) AS identity,
       c.relkind = 'p' AS is_partitioned
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
   AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
   AND CASE c.relkind
           WHEN 'r' THEN pg_catalog.pg_relation_size(c.oid) > 0
           ELSE EXISTS (SELECT FROM pg_catalog.pg_partition_tree(c.oid) AS t WHERE pg_catalog.pg_relation_size(t.relid) > 0)
       END
 ORDER BY pg_catalog.format('%I.%I', n.nspname, c.relname) COLLATE "C"
