-- Domains; their defaults and their checks are objects of their own. collation: where it is not the base type's. checks: those that
-- are validated; is_nested: whether a column holds the domain inside of something else (array, composite, range, a table's
-- row); base_has_default: of a domain upon a domain, which takes it. Parameters: none. Columns: those of struct object, then the fields. Serves 12 and later.
WITH RECURSIVE holders(held, type, is_wrapping) AS (
    SELECT t.typelem, t.oid, true FROM pg_catalog.pg_type AS t WHERE t.typelem >= 16384 AND t.typlen = -1
    UNION ALL
    SELECT t.typbasetype, t.oid, false FROM pg_catalog.pg_type AS t WHERE t.typbasetype >= 16384
    UNION ALL
    SELECT r.rngsubtype, r.rngtypid, true FROM pg_catalog.pg_range AS r WHERE r.rngsubtype >= 16384
    UNION ALL
    SELECT a.atttypid, r.reltype, true
      FROM pg_catalog.pg_attribute AS a
      JOIN pg_catalog.pg_class AS r ON r.oid = a.attrelid
     WHERE a.atttypid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped AND r.reltype <> 0
), uses(domain, type, is_nested) AS (
    SELECT t.oid, t.oid, false FROM pg_catalog.pg_type AS t WHERE t.typtype = 'd' AND t.oid >= 16384
    UNION
    SELECT u.domain, h.type, u.is_nested OR h.is_wrapping FROM uses AS u JOIN holders AS h ON h.held = u.type
), nested AS (
    SELECT DISTINCT u.domain
      FROM uses AS u
      JOIN pg_catalog.pg_attribute AS a ON a.atttypid = u.type AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_catalog.pg_class AS r ON r.oid = a.attrelid AND r.relkind IN ('r', 'p', 'm')
     WHERE u.is_nested
)
SELECT format('%I.%I', n.nspname, t.typname) AS identity,
       quote_ident(t.typname) AS name,
       NULL AS parent,
       n.nspname AS schema,
       obj_description(t.oid, 'pg_type') AS comment,
       'pg_type'::regclass::oid AS class_id,
       t.oid AS object_id,
       0 AS sub_id,
       format_type(t.typbasetype, t.typtypmod) AS type,
       CASE WHEN c.oid IS NOT NULL THEN format('%I.%I', cn.nspname, c.collname) END AS collation,
       t.typnotnull::text AS not_null,
       k.checks,
       (x.domain IS NOT NULL)::text AS is_nested,
       (b.typtype = 'd' AND b.typdefault IS NOT NULL)::text AS base_has_default
  FROM pg_catalog.pg_type AS t
  JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
  JOIN pg_catalog.pg_type AS b ON b.oid = t.typbasetype
  LEFT JOIN pg_catalog.pg_collation AS c ON c.oid = t.typcollation AND t.typcollation <> b.typcollation
  LEFT JOIN pg_catalog.pg_namespace AS cn ON cn.oid = c.collnamespace
  LEFT JOIN (SELECT k.contypid, string_agg(pg_get_constraintdef(k.oid), E'\n' ORDER BY pg_get_constraintdef(k.oid)) AS checks
               FROM pg_catalog.pg_constraint AS k
              WHERE k.contypid <> 0 AND k.contype = 'c' AND k.convalidated
              GROUP BY k.contypid) AS k ON k.contypid = t.oid
  LEFT JOIN nested AS x ON x.domain = t.oid
 WHERE t.typtype = 'd' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
