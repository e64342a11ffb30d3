-- Composite types, not the row types of tables. attributes: what CREATE TYPE takes: name, type, collation where it is not the type's.
-- attribute_comments: name 'comment', of those that have one. is_read: whether anything depends on a single attribute. Parameters: none. Columns: those of struct object, then the fields.
-- Serves 12 and later.
SELECT format('%I.%I', n.nspname, t.typname) AS identity,
       quote_ident(t.typname) AS name,
       NULL AS parent,
       n.nspname AS schema,
       obj_description(t.oid, 'pg_type') AS comment,
       'pg_type'::regclass::oid AS class_id,
       t.oid AS object_id,
       0 AS sub_id,
       a.attributes,
       a.attribute_comments,
       (u.refobjid IS NOT NULL)::text AS is_read
  FROM pg_catalog.pg_type AS t
  JOIN pg_catalog.pg_class AS r ON r.oid = t.typrelid AND r.relkind = 'c'
  JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
  LEFT JOIN (SELECT a.attrelid,
                    string_agg(format(CASE WHEN c.oid IS NULL THEN '%I %s' ELSE '%I %s COLLATE %I.%I' END, a.attname,
                                      format_type(a.atttypid, a.atttypmod), cn.nspname, c.collname),
                               ', ' ORDER BY a.attnum) AS attributes,
                    string_agg(format('%I %L', a.attname, d.description), ', ' ORDER BY a.attnum)
                      FILTER (WHERE d.description IS NOT NULL) AS attribute_comments
               FROM pg_catalog.pg_attribute AS a
               JOIN pg_catalog.pg_class AS r ON r.oid = a.attrelid AND r.relkind = 'c'
               JOIN pg_catalog.pg_type AS b ON b.oid = a.atttypid
               LEFT JOIN pg_catalog.pg_collation AS c ON c.oid = a.attcollation AND a.attcollation <> b.typcollation
               LEFT JOIN pg_catalog.pg_namespace AS cn ON cn.oid = c.collnamespace
               LEFT JOIN pg_catalog.pg_description AS d
                      ON d.classoid = 'pg_class'::regclass AND d.objoid = a.attrelid AND d.objsubid = a.attnum
              WHERE a.attnum > 0 AND NOT a.attisdropped
              GROUP BY a.attrelid) AS a ON a.attrelid = r.oid
  LEFT JOIN (SELECT DISTINCT d.refobjid
               FROM pg_catalog.pg_depend AS d
              WHERE d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0) AS u ON u.refobjid = r.oid
 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
