-- Range types. subtype_opclass and collation: where they are not the subtype's own; multirange_name: where it is not the one that
-- PostgreSQL makes of the type's; multirange: always. Parameters: none. Columns: those of struct object, then the fields.
-- Serves 14 and later.
WITH ranges AS (
    SELECT n.nspname, t.typname, t.oid, r.rngsubtype, r.rngsubopc, r.rngcollation, r.rngcanonical, r.rngsubdiff,
           m.typname AS multirange, mn.nspname AS multirange_schema,
           CASE WHEN t.typname ~ 'range' THEN regexp_replace(t.typname, 'range', 'multirange')
                ELSE left(t.typname, 52) || '_multirange' END::name AS usual_multirange
      FROM pg_catalog.pg_range AS r
      JOIN pg_catalog.pg_type AS t ON t.oid = r.rngtypid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
      JOIN pg_catalog.pg_type AS m ON m.oid = r.rngmultitypid
      JOIN pg_catalog.pg_namespace AS mn ON mn.oid = m.typnamespace
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
)
SELECT format('%I.%I', r.nspname, r.typname) AS identity,
       quote_ident(r.typname) AS name,
       NULL AS parent,
       r.nspname AS schema,
       obj_description(r.oid, 'pg_type') AS comment,
       'pg_type'::regclass::oid AS class_id,
       r.oid AS object_id,
       0 AS sub_id,
       format_type(r.rngsubtype, NULL) AS subtype,
       CASE WHEN NOT o.opcdefault THEN format('%I.%I', opn.nspname, o.opcname) END AS subtype_opclass,
       CASE WHEN c.oid IS NOT NULL THEN format('%I.%I', cn.nspname, c.collname) END AS collation,
       nullif(r.rngcanonical::oid, 0)::regproc::text AS canonical,
       nullif(r.rngsubdiff::oid, 0)::regproc::text AS subtype_diff,
       CASE WHEN r.multirange <> r.usual_multirange OR r.multirange_schema <> r.nspname
            THEN format('%I.%I', r.multirange_schema, r.multirange) END AS multirange_name,
       format('%I.%I', r.multirange_schema, r.multirange) AS multirange
  FROM ranges AS r
  JOIN pg_catalog.pg_type AS s ON s.oid = r.rngsubtype
  JOIN pg_catalog.pg_opclass AS o ON o.oid = r.rngsubopc
  JOIN pg_catalog.pg_namespace AS opn ON opn.oid = o.opcnamespace
  LEFT JOIN pg_catalog.pg_collation AS c ON c.oid = r.rngcollation AND r.rngcollation <> s.typcollation
  LEFT JOIN pg_catalog.pg_namespace AS cn ON cn.oid = c.collnamespace
