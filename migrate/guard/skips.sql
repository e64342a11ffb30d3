-- Which of a file's IF NOT EXISTS statements found an object that is older than this transaction.
-- Parameters, arrays of one length: $1 kinds ("index", "table", "columns", "sequence"), $2 names, $3 tables, $4 bare names of indexes.
-- Columns: number (from 0), state ("invalid", "elsewhere": an index of another table, "other": another kind of relation, "same":
-- to be compared), shown (what stands there), oid. Oldest server: 12.
SELECT s.number - 1 AS number,
    CASE WHEN s.kind = 'index' AND c.relkind NOT IN ('i', 'I') OR s.kind = 'table' AND c.relkind NOT IN ('r', 'p')
            OR s.kind = 'sequence' AND c.relkind <> 'S' THEN 'other'
        WHEN s.kind = 'index' AND i.indrelid IS DISTINCT FROM pg_catalog.to_regclass(s.tbl)::oid THEN 'elsewhere'
        WHEN s.kind = 'index' AND NOT i.indisvalid AND c.relkind = 'i' THEN 'invalid'
        ELSE 'same' END AS state,
    CASE WHEN s.kind = 'index' AND c.relkind IN ('i', 'I') THEN
        (SELECT pg_catalog.format('%I.%I', n.nspname, x.relname) FROM pg_catalog.pg_class AS x
            JOIN pg_catalog.pg_namespace AS n ON n.oid = x.relnamespace WHERE x.oid = i.indrelid)
        ELSE CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
            WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'composite type' ELSE 'index' END END AS shown,
    c.oid::bigint AS oid
FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[]),
    pg_catalog.unnest($4::text[])) WITH ORDINALITY AS s(kind, name, tbl, bare, number)
JOIN pg_catalog.pg_class AS c ON c.oid = CASE WHEN s.kind <> 'index' THEN pg_catalog.to_regclass(s.name)::oid ELSE
    (SELECT x.oid FROM pg_catalog.pg_class AS x WHERE x.relname = s.bare AND x.relnamespace =
        (SELECT t.relnamespace FROM pg_catalog.pg_class AS t WHERE t.oid = pg_catalog.to_regclass(s.tbl)::oid)) END
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
LEFT JOIN pg_catalog.pg_type AS t ON t.oid = c.reltype
WHERE pg_catalog.age(coalesce(i.xmin, t.xmin, c.xmin)) > 0
ORDER BY s.number
