-- Schemas. Parameters: none. Columns: those of struct object. Serves 12 and later.
SELECT quote_ident(n.nspname) AS identity,
       quote_ident(n.nspname) AS name,
       NULL AS parent,
       n.nspname AS schema,
       obj_description(n.oid, 'pg_namespace') AS comment,
       'pg_namespace'::regclass::oid AS class_id,
       n.oid AS object_id,
       0 AS sub_id
  FROM pg_catalog.pg_namespace AS n
 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
