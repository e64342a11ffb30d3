-- The relations that a name may mean. Parameters: $1 the schema or NULL (then all), $2 the relation's name. Serves 12 and later.
SELECT c.oid::bigint AS oid,
       n.nspname AS schema,
       c.relname AS name,
       c.relkind::text AS kind,
       c.reltuples::bigint AS rows_estimate,
       CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_total_relation_size(c.oid) ELSE 0 END::bigint AS size_bytes,
       pg_catalog.obj_description(c.oid, 'pg_class') AS comment
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname = $2::text AND n.nspname = coalesce($1::text, n.nspname)
   AND n.nspname !~ '^pg_(toast|temp)'
 ORDER BY n.nspname = 'public' DESC, n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' DESC, n.nspname COLLATE "C"
