-- What kind of table the ledger is. Parameters: schema, table, journal's table. One row. Servers from 12.
-- Columns: has_schema, has_journal, oid, kind, version_type, column_count, has_dirty, has_key, unfillable and one has_... for each
-- column of pgdeck's own ledger that the table has with a fitting type.
SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1)  AS has_schema,
       EXISTS (SELECT FROM pg_catalog.pg_class j JOIN pg_catalog.pg_namespace jn ON jn.oid = j.relnamespace
                WHERE jn.nspname = $1 AND j.relname = $3)               AS has_journal,
       max(c.oid::bigint)                                               AS oid,
       max(c.relkind::text)                                             AS kind,
       max(pg_catalog.format_type(a.atttypid, NULL)) FILTER (WHERE a.attname = 'version') AS version_type,
       count(a.attname)                                                 AS column_count,
       coalesce(bool_or(a.attname = 'dirty'), false)                    AS has_dirty,
       coalesce(bool_or(a.attname = 'version' AND EXISTS
                (SELECT FROM pg_catalog.pg_index i
                  WHERE i.indrelid = c.oid AND i.indisunique AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum)), false) AS has_key,
       string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum)
         FILTER (WHERE a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
                   AND a.attname NOT IN ('version', 'description', 'checksum', 'applied_by', 'run')) AS unfillable,
       coalesce(bool_or(a.attname = 'description' AND t.typcategory = 'S'), false) AS has_description,
       coalesce(bool_or(a.attname = 'checksum' AND t.typcategory = 'S'), false)    AS has_checksum,
       coalesce(bool_or(a.attname = 'applied_at' AND t.typname = 'timestamptz'), false) AS has_applied_at,
       coalesce(bool_or(a.attname = 'applied_by' AND t.typcategory = 'S'), false)  AS has_applied_by,
       coalesce(bool_or(a.attname = 'duration_ms' AND t.typname IN ('int8', 'int4')), false) AS has_duration_ms,
       coalesce(bool_or(a.attname = 'run' AND t.typcategory = 'S'), false)         AS has_run
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
 WHERE n.nspname = $1 AND c.relname = $2
