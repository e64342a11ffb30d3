-- Enumerated types. labels: their labels in order, as literals: 'draft', 'it''s'. Parameters: none. Columns: those of struct object,
-- then the fields. Serves 12 and later.
SELECT format('%I.%I', n.nspname, t.typname) AS identity,
       quote_ident(t.typname) AS name,
       NULL AS parent,
       n.nspname AS schema,
       obj_description(t.oid, 'pg_type') AS comment,
       'pg_type'::regclass::oid AS class_id,
       t.oid AS object_id,
       0 AS sub_id,
       l.labels
  FROM pg_catalog.pg_type AS t
  JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
  LEFT JOIN (SELECT e.enumtypid, string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) AS labels
               FROM pg_catalog.pg_enum AS e
              GROUP BY e.enumtypid) AS l ON l.enumtypid = t.oid
 WHERE t.typtype = 'e' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
