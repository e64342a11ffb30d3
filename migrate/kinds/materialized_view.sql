-- Materialized views. Parameters: none. Columns: those of struct object, then the fields of materialized_view.c. What concerns
-- columns is an item for each column that has it. Serves 12 and later: attcompression (14) is found in `before_14`
-- where pg_attribute has none.
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS identity,
       quote_ident(c.relname) AS name,
       NULL AS parent,
       n.nspname AS schema,
       obj_description(c.oid, 'pg_class') AS comment,
       'pg_class'::regclass::oid AS class_id,
       c.oid AS object_id,
       0 AS sub_id,
       ltrim(left(pg_catalog.pg_get_viewdef(c.oid), -1)) AS definition,
       c.relispopulated::text AS populated,
       (SELECT string_agg(o.entry, ', ' ORDER BY o.entry)
          FROM (SELECT unnest(c.reloptions) UNION ALL SELECT 'toast.' || unnest(toast.reloptions)) AS o(entry)) AS options,
       nullif(am.amname, 'heap') AS access_method,
       quote_ident(sp.spcname) AS tablespace,
       l.column_storage,
       l.column_compression,
       l.column_statistics,
       l.column_options,
       l.column_comments
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  CROSS JOIN (SELECT ''::"char" AS attcompression) AS before_14
  LEFT JOIN pg_catalog.pg_am AS am ON am.oid = c.relam
  LEFT JOIN pg_catalog.pg_tablespace AS sp ON sp.oid = c.reltablespace
  LEFT JOIN pg_catalog.pg_class AS toast ON toast.oid = c.reltoastrelid
 CROSS JOIN LATERAL (
      SELECT string_agg(pg_catalog.format('%I STORAGE %s', a.attname,
                                          CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'
                                                            WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END),
                        ', ' ORDER BY a.attnum) FILTER (WHERE a.attstorage <> t.typstorage) AS column_storage,
             string_agg(pg_catalog.format('%I COMPRESSION %s', a.attname,
                                          CASE attcompression WHEN 'l' THEN 'lz4' ELSE 'pglz' END),
                        ', ' ORDER BY a.attnum) FILTER (WHERE attcompression <> '') AS column_compression,
             string_agg(pg_catalog.format('%I STATISTICS %s', a.attname, a.attstattarget),
                        ', ' ORDER BY a.attnum) FILTER (WHERE a.attstattarget >= 0) AS column_statistics,
             string_agg(pg_catalog.format('%I (%s)', a.attname, array_to_string(a.attoptions, ', ')),
                        ', ' ORDER BY a.attnum) FILTER (WHERE a.attoptions IS NOT NULL) AS column_options,
             string_agg(pg_catalog.format('%I IS %L', a.attname, s.description),
                        ', ' ORDER BY a.attnum) FILTER (WHERE s.description IS NOT NULL) AS column_comments
        FROM pg_catalog.pg_attribute AS a
        JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
        LEFT JOIN pg_catalog.pg_description AS s
          ON s.classoid = 'pg_class'::regclass AND s.objoid = a.attrelid AND s.objsubid = a.attnum
       WHERE a.attrelid = c.oid AND a.attnum > 0
  ) AS l
 WHERE c.relkind = 'm' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
