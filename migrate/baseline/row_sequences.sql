-- Sequences, and the column that each feeds: its owner, else the first whose default takes values from it; members of extensions
-- left out. Parameters: none. Columns: oid, identity, start, increment, table_oid (0: it feeds none), table_identity, column_quoted.
-- By identity. Serves 12 and later.
WITH fed AS (
    SELECT DISTINCT ON (f.sequence) f.sequence, f.relation, f.number
      FROM (SELECT d.objid AS sequence, d.refobjid AS relation, d.refobjsubid AS number, 0 AS place
              FROM pg_catalog.pg_depend AS d
             WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
               AND d.deptype IN ('a', 'i')
            UNION ALL
            SELECT d.refobjid, a.adrelid, a.adnum, 1
              FROM pg_catalog.pg_depend AS d
              JOIN pg_catalog.pg_attrdef AS a ON a.oid = d.objid
             WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass) AS f
     ORDER BY f.sequence, f.place, f.relation, f.number
)
SELECT c.oid::bigint AS oid,
       pg_catalog.format('%I.%I', n.nspname, c.relname) AS identity,
       s.seqstart AS start,
       s.seqincrement AS increment,
       coalesce(t.oid::bigint, 0) AS table_oid,
       pg_catalog.quote_ident(tn.nspname) || '.' || pg_catalog.quote_ident(t.relname) AS table_identity,
       pg_catalog.quote_ident(a.attname) AS column_quoted
  FROM pg_catalog.pg_sequence AS s
  JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid AND c.relpersistence <> 't'
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN fed AS f ON f.sequence = c.oid
  LEFT JOIN pg_catalog.pg_class AS t ON t.oid = f.relation
  LEFT JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
  LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = f.relation AND a.attnum = f.number
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid IN (c.oid, t.oid) AND d.deptype = 'e')
 ORDER BY pg_catalog.format('%I.%I', n.nspname, c.relname) COLLATE "C"
