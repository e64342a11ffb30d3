-- Columns of some tables that the server fills where nothing is said: by a default of their own, or their domain's, or as identities.
-- Parameters: the tables' ids, as an array. Columns: oid (of the table), number, is_filled (it may be with something else each time).
-- By oid. Serves 12 and later.
SELECT f.oid::bigint AS oid,
       f.number::bigint AS number,
       f.is_identity
           OR f.filling ~ '\{(SQLVALUEFUNCTION|NEXTVALUEEXPR) '
           OR EXISTS (SELECT FROM pg_catalog.regexp_matches(f.filling, ':(?:funcid|opfuncid) (\d+)', 'g') AS m
                        JOIN pg_catalog.pg_proc AS p ON p.oid = m[1]::oid AND p.provolatile <> 'i') AS is_filled
  FROM (SELECT a.attrelid AS oid, a.attnum AS number, a.attidentity <> '' AS is_identity,
               coalesce(d.adbin::text, t.typdefaultbin::text, '') AS filling
          FROM pg_catalog.pg_attribute AS a
          JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
          LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
         WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
           AND (d.oid IS NOT NULL OR t.typdefaultbin IS NOT NULL OR a.attidentity <> '')) AS f
 ORDER BY f.oid, f.number
