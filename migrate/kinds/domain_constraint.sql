-- Checks of domains. definition: CHECK (...), without NOT VALID, which validated tells. Parameters: none. Columns: those of struct
-- object, then the fields. Serves 12 and later.
SELECT format('%I.%I.%I', n.nspname, t.typname, c.conname) AS identity,
       quote_ident(c.conname) AS name,
       format('%I.%I', n.nspname, t.typname) AS parent,
       n.nspname AS schema,
       obj_description(c.oid, 'pg_constraint') AS comment,
       'pg_constraint'::regclass::oid AS class_id,
       c.oid AS object_id,
       0 AS sub_id,
       regexp_replace(pg_get_constraintdef(c.oid), ' NOT VALID$', '') AS definition,
       c.convalidated::text AS validated
  FROM pg_catalog.pg_constraint AS c
  JOIN pg_catalog.pg_type AS t ON t.oid = c.contypid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
 WHERE c.contype = 'c' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
