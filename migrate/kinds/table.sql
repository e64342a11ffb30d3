-- Tables, partitioned ones and partitions too. Parameters: none. Columns: those of struct object, and
--   persistence         permanent, unlogged
--   partition_key       RANGE (a, lower(b)), or NULL
--   of_type             the composite type of a typed table, or NULL
--   access_method       where it is not heap
--   tablespace          where it is not the database's own
--   options             "key=value, toast.key=value", sorted, toast last, or NULL
--   replica_identity    default, nothing, full, index (which one: see index.sql)
--   row_security, forced_row_security
--   column_order        the columns' names in their order
--   has_toast           whether any column can be stored apart
-- Serves 12 and later.
WITH tables AS MATERIALIZED (
    SELECT c.*, n.nspname, pg_catalog.format('%I.%I', n.nspname, c.relname) AS identity
      FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), orders AS (
    SELECT o.attrelid, pg_catalog.string_agg(quote_ident(o.attname), ', ') AS names
      FROM (SELECT attrelid, attname
              FROM pg_catalog.pg_attribute
             WHERE attnum > 0 AND NOT attisdropped AND attrelid IN (SELECT oid FROM tables)
             ORDER BY attrelid, attnum) AS o
     GROUP BY o.attrelid
)
SELECT c.identity,
       quote_ident(c.relname) AS name,
       NULL AS parent,
       c.nspname AS schema,
       d.description AS comment,
       'pg_class'::regclass::oid AS class_id,
       c.oid AS object_id,
       0 AS sub_id,
       CASE c.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END AS persistence,
       CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS partition_key,
       CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END AS of_type,
       CASE WHEN m.amname <> 'heap' THEN quote_ident(m.amname) END AS access_method,
       quote_ident(s.spcname) AS tablespace,
       CASE WHEN c.reloptions IS NOT NULL OR t.reloptions IS NOT NULL THEN
           (SELECT pg_catalog.string_agg(o.entry, ', ' ORDER BY o.place, o.entry)
              FROM (SELECT 1, pg_catalog.unnest(c.reloptions)
                     UNION ALL SELECT 2, 'toast.' || pg_catalog.unnest(t.reloptions)) AS o(place, entry))
       END AS options,
       CASE WHEN c.relreplident = 'f' THEN 'full'
            WHEN c.relreplident = 'i' AND i.indrelid IS NOT NULL THEN 'index'
            WHEN c.relreplident = 'd' THEN 'default'
            ELSE 'nothing' END AS replica_identity, -- what named an index that was dropped since works like nothing
       c.relrowsecurity::text AS row_security,
       c.relforcerowsecurity::text AS forced_row_security,
       o.names AS column_order,
       (c.reltoastrelid <> 0)::text AS has_toast
  FROM tables AS c
  LEFT JOIN orders AS o ON o.attrelid = c.oid
  LEFT JOIN pg_catalog.pg_class AS t ON t.oid = c.reltoastrelid
  LEFT JOIN pg_catalog.pg_am AS m ON m.oid = c.relam
  LEFT JOIN pg_catalog.pg_tablespace AS s ON s.oid = c.reltablespace
  LEFT JOIN pg_catalog.pg_index AS i ON i.indrelid = c.oid AND i.indisreplident
  LEFT JOIN pg_catalog.pg_description AS d
         ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
