-- The relations that a name may mean. Parameters: $1 the schema or NULL (then all), $2 the relation's name. rows_estimate and size_bytes of a
-- partitioned table are its partitions'. Serves 12 and later.
SELECT c.oid::bigint AS oid,
       n.nspname AS schema,
       c.relname AS name,
       c.relkind::text AS kind,
       coalesce(p.rows_estimate, c.reltuples)::bigint AS rows_estimate,
       coalesce(p.size_bytes, CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_total_relation_size(c.oid) ELSE 0 END)::bigint AS size_bytes,
       n.nspname ~ '^pg_' OR n.nspname = 'information_schema' AS is_system,
       c.relkind = 'r' AND c.relhassubclass AS has_children,
       pg_catalog.obj_description(c.oid, 'pg_class') AS comment
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN LATERAL (
      SELECT sum(greatest(l.reltuples, 0)) AS rows_estimate,
             sum(pg_catalog.pg_total_relation_size(l.oid)) AS size_bytes
        FROM pg_catalog.pg_partition_tree(c.oid) AS t
        JOIN pg_catalog.pg_class AS l ON l.oid = t.relid
       WHERE c.relkind = 'p' AND t.isleaf
  ) AS p ON true
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname = $2::text AND n.nspname = coalesce($1::text, n.nspname)
   AND n.nspname !~ '^pg_(toast|temp)'
 ORDER BY n.nspname = 'public' DESC, is_system, n.nspname COLLATE "C"
