-- Which column a sequence goes with (OWNED BY); identity columns left out. The address is what snapshot/depend.sql makes of the
-- ownership. Parameters: none. Columns: those of struct object, then the fields. Serves 12 and later.
SELECT format('%I.%I', n.nspname, c.relname) AS identity,
       quote_ident(c.relname) AS name,
       format('%I.%I', n.nspname, c.relname) AS parent,
       n.nspname AS schema,
       NULL AS comment,
       'pg_sequence'::regclass::oid AS class_id,
       c.oid AS object_id,
       0 AS sub_id,
       format('%I.%I.%I', tn.nspname, t.relname, a.attname) AS owned_by
  FROM pg_catalog.pg_depend AS d
  JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = d.objid
  JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_class AS t ON t.oid = d.refobjid
  JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
 WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.objsubid = 0 AND d.refobjsubid > 0
   AND d.deptype = 'a' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
