-- Defaults of columns. Where an inherited column (of a partition, too) has none although its parent has one, it is NULL.
-- Parameters: none. Columns: those of struct object, and
--   expression
--   is_inherited       whether the parent's column has the same
-- Serves 12 and later.
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
), found AS (
    SELECT d.attrelid, d.attname, d.oid AS object_id, 0 AS sub_id, d.expression,
           d.is_inherited AND i.expression IS NOT DISTINCT FROM d.expression AS is_inherited
      FROM defaults AS d
      LEFT JOIN inherited AS i ON d.is_inherited AND i.inhrelid = d.attrelid AND i.attname = d.attname
    UNION ALL
    SELECT a.attrelid, a.attname, a.attrelid, a.attnum, 'NULL', false -- an address that nothing has
      FROM inherited AS i
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.inhrelid AND a.attname = i.attname
     WHERE NOT a.atthasdef AND a.attidentity = ''
)
SELECT f.identity,
       quote_ident(f.attname) AS name,
       f.identity AS parent,
       f.nspname AS schema,
       NULL AS comment,
       'pg_attrdef'::regclass::oid AS class_id,
       f.object_id,
       f.sub_id,
       f.expression,
       f.is_inherited::text AS is_inherited
  FROM (SELECT o.*, n.nspname, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, o.attname) AS identity
          FROM found AS o
          JOIN pg_catalog.pg_class AS c ON c.oid = o.attrelid
          JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema') AS f
