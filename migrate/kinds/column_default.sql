-- Defaults of columns. Of an inherited column (partitions too) only where the parent has another one, or where the parent has one
-- and the column has none: then it is NULL. Parameters: none. Columns: those of struct object, and `expression`. Serves 12 and later.
WITH defaults AS (
    SELECT a.attrelid, a.attname, a.attnum, d.oid, a.attinhcount > 0 AS is_inherited,
           pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression
      FROM pg_catalog.pg_attrdef AS d
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
     WHERE a.attgenerated = '' AND d.adrelid >= 16384
), inherited AS (
    SELECT i.inhrelid, p.attname, (pg_catalog.array_agg(p.expression ORDER BY i.inhseqno))[1] AS expression
      FROM pg_catalog.pg_inherits AS i
      JOIN defaults AS p ON p.attrelid = i.inhparent
     GROUP BY i.inhrelid, p.attname
), own AS (
    SELECT d.attrelid, d.attname, 'pg_attrdef'::regclass::oid AS class_id, d.oid AS object_id, 0 AS sub_id, d.expression
      FROM defaults AS d
      LEFT JOIN inherited AS i ON d.is_inherited AND i.inhrelid = d.attrelid AND i.attname = d.attname
     WHERE d.expression IS DISTINCT FROM i.expression
    UNION ALL
    SELECT a.attrelid, a.attname, 'pg_attrdef'::regclass, a.attrelid, a.attnum, 'NULL' -- an address that nothing has
      FROM inherited AS i
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.inhrelid AND a.attname = i.attname
     WHERE NOT a.atthasdef AND a.attidentity = ''
)
SELECT pg_catalog.format('%I.%I.%I', n.nspname, c.relname, o.attname) AS identity,
       quote_ident(o.attname) AS name,
       pg_catalog.format('%I.%I.%I', n.nspname, c.relname, o.attname) AS parent,
       n.nspname AS schema,
       NULL AS comment,
       o.class_id,
       o.object_id,
       o.sub_id,
       o.expression
  FROM own AS o
  JOIN pg_catalog.pg_class AS c ON c.oid = o.attrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
