-- Defaults of domains. The address is what snapshot/depend.sql makes of what a default needs. Parameters: none. Columns: those of
-- struct object, and `expression`. Serves 12 and later.
SELECT format('%I.%I', n.nspname, t.typname) AS identity,
       quote_ident(t.typname) AS name,
       format('%I.%I', n.nspname, t.typname) AS parent,
       n.nspname AS schema,
       NULL AS comment,
       'pg_type'::regclass::oid AS class_id,
       t.oid AS object_id,
       -1 AS sub_id,
       coalesce(pg_get_expr(t.typdefaultbin, 'pg_type'::regclass), quote_literal(t.typdefault)) AS expression
  FROM pg_catalog.pg_type AS t
  JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
 WHERE t.typtype = 'd' AND t.typdefault IS NOT NULL AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
