-- The columns of the ledger, a row each; one row where it has none or does not exist. Servers from 12.
-- Parameters: the ledger, its schema, the journal; quoted and qualified. Cheap on purpose: status begins with it.
-- Columns: has_schema, journal_oid, oid, kind, name, type (oid), modifier, is_not_null,
-- is_filled (by the server, where nothing is said), is_generated (and never given).
SELECT pg_catalog.to_regnamespace($2) IS NOT NULL    AS has_schema,
       coalesce(pg_catalog.to_regclass($3)::pg_catalog.oid::bigint, 0) AS journal_oid,
       c.oid::bigint                                 AS oid,
       c.relkind::text                               AS kind,
       a.attname::text                               AS name,
       a.atttypid::bigint                            AS type,
       a.atttypmod::bigint                           AS modifier,
       a.attnotnull                                  AS is_not_null,
       a.atthasdef OR a.attidentity <> ''            AS is_filled,
       a.attgenerated <> '' OR a.attidentity = 'a'   AS is_generated
  FROM (SELECT pg_catalog.to_regclass($1)::pg_catalog.oid AS oid) AS t
  LEFT JOIN pg_catalog.pg_class c ON c.oid = t.oid
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum
