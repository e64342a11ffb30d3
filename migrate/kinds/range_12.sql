-- Range types of servers without multiranges; see range.sql. Parameters: none. Columns: those of struct object, then the fields.
-- Serves 12 and 13.
SELECT format('%I.%I', n.nspname, t.typname) AS identity,
       quote_ident(t.typname) AS name,
       NULL AS parent,
       n.nspname AS schema,
       obj_description(t.oid, 'pg_type') AS comment,
       'pg_type'::regclass::oid AS class_id,
       t.oid AS object_id,
       0 AS sub_id,
       format_type(r.rngsubtype, NULL) AS subtype,
       CASE WHEN NOT o.opcdefault THEN format('%I.%I', opn.nspname, o.opcname) END AS subtype_opclass,
       CASE WHEN c.oid IS NOT NULL THEN format('%I.%I', cn.nspname, c.collname) END AS collation,
       nullif(r.rngcanonical::oid, 0)::regproc::text AS canonical,
       nullif(r.rngsubdiff::oid, 0)::regproc::text AS subtype_diff,
       NULL AS multirange_name,
       NULL AS multirange
  FROM pg_catalog.pg_range AS r
  JOIN pg_catalog.pg_type AS t ON t.oid = r.rngtypid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
  JOIN pg_catalog.pg_type AS s ON s.oid = r.rngsubtype
  JOIN pg_catalog.pg_opclass AS o ON o.oid = r.rngsubopc
  JOIN pg_catalog.pg_namespace AS opn ON opn.oid = o.opcnamespace
  LEFT JOIN pg_catalog.pg_collation AS c ON c.oid = r.rngcollation AND r.rngcollation <> s.typcollation
  LEFT JOIN pg_catalog.pg_namespace AS cn ON cn.oid = c.collnamespace
 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
