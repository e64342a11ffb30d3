-- Domains; their checks are objects of their own. collation: where it is not the base type's. Parameters: none. Columns: those of
-- struct object, then the fields. Serves 12 and later.
SELECT format('%I.%I', n.nspname, t.typname) AS identity,
       quote_ident(t.typname) AS name,
       NULL AS parent,
       n.nspname AS schema,
       obj_description(t.oid, 'pg_type') AS comment,
       'pg_type'::regclass::oid AS class_id,
       t.oid AS object_id,
       0 AS sub_id,
       format_type(t.typbasetype, t.typtypmod) AS type,
       CASE WHEN c.oid IS NOT NULL THEN format('%I.%I', cn.nspname, c.collname) END AS collation,
       coalesce(pg_get_expr(t.typdefaultbin, 'pg_type'::regclass), quote_literal(t.typdefault)) AS default,
       t.typnotnull::text AS not_null
  FROM pg_catalog.pg_type AS t
  JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
  JOIN pg_catalog.pg_type AS b ON b.oid = t.typbasetype
  LEFT JOIN pg_catalog.pg_collation AS c ON c.oid = t.typcollation AND t.typcollation <> b.typcollation
  LEFT JOIN pg_catalog.pg_namespace AS cn ON cn.oid = c.collnamespace
 WHERE t.typtype = 'd' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
