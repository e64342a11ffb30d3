-- Columns of some tables, in their order. Serves 12 and later.
-- Parameters: the tables' ids, as an array. Columns: oid (of the table), number, name, quoted (the name as SQL has it), type, base (of
-- a domain: what it is made of in the end, without modifiers), category (pg_type's), size (n of varchar(n) and char(n), or NULL),
-- is_generated, is_always (an identity that takes no value unasked).
WITH RECURSIVE columns AS (
    SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attgenerated, a.attidentity
      FROM pg_catalog.pg_attribute AS a
     WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
), bases AS (
    SELECT DISTINCT c.atttypid AS type, c.atttypid AS base FROM columns AS c
    UNION ALL
    SELECT b.type, t.typbasetype FROM bases AS b JOIN pg_catalog.pg_type AS t ON t.oid = b.base WHERE t.typtype = 'd'
)
SELECT c.attrelid::bigint AS oid,
       c.attnum::bigint AS number,
       c.attname::text AS name,
       pg_catalog.quote_ident(c.attname) AS quoted,
       pg_catalog.format_type(c.atttypid, c.atttypmod) AS type,
       pg_catalog.format_type(t.oid, NULL) AS base,
       t.typcategory::text AS category,
       CASE WHEN c.atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND c.atttypmod > 4 THEN (c.atttypmod - 4)::bigint END AS size,
       c.attgenerated <> '' AS is_generated,
       c.attidentity = 'a' AS is_always
  FROM columns AS c
  JOIN bases AS b ON b.type = c.atttypid
  JOIN pg_catalog.pg_type AS t ON t.oid = b.base AND t.typtype <> 'd'
 ORDER BY c.attrelid, c.attnum
