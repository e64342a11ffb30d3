-- Extensions. Parameters: none. Columns: those of struct object, then the fields. The schema is told twice: as the one it lies in,
-- and as the attribute of this name. Serves 12 and later.
SELECT quote_ident(e.extname) AS identity,
       quote_ident(e.extname) AS name,
       NULL AS parent,
       n.nspname AS schema,
       obj_description(e.oid, 'pg_extension') AS comment,
       'pg_extension'::regclass::oid AS class_id,
       e.oid AS object_id,
       0 AS sub_id,
       n.nspname AS schema,
       quote_ident(n.nspname) AS quoted_schema,
       e.extversion AS version,
       e.extrelocatable::text AS is_relocatable
  FROM pg_catalog.pg_extension AS e
  JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
