-- Materialized views. Parameters: none. Columns: those of struct object, then the fields of materialized_view.c. What concerns
-- columns is an item for each column that has it. Serves 12 and later: what came later is read by way of JSON.
WITH views AS MATERIALIZED (
    SELECT c.oid, c.relname, c.relispopulated, c.reloptions, c.reltoastrelid, c.relam, c.reltablespace, n.nspname
      FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.relkind = 'm' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), columns AS (
    SELECT a.attrelid,
           string_agg(pg_catalog.format('%I STORAGE %s', a.attname,
                                        CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'
                                                          WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END),
                      ', ' ORDER BY a.attnum) FILTER (WHERE a.attstorage <> t.typstorage) AS storage,
           string_agg(pg_catalog.format('%I COMPRESSION %s', a.attname, CASE j.compression WHEN 'l' THEN 'lz4' ELSE 'pglz' END),
                      ', ' ORDER BY a.attnum) FILTER (WHERE j.compression <> '') AS compression,
           string_agg(pg_catalog.format('%I STATISTICS %s', a.attname, a.attstattarget),
                      ', ' ORDER BY a.attnum) FILTER (WHERE a.attstattarget >= 0) AS statistics,
           string_agg(pg_catalog.format('%I (%s)', a.attname, array_to_string(a.attoptions, ', ')),
                      ', ' ORDER BY a.attnum) FILTER (WHERE a.attoptions IS NOT NULL) AS options,
           string_agg(pg_catalog.format('%I IS %L', a.attname, s.description),
                      ', ' ORDER BY a.attnum) FILTER (WHERE s.description IS NOT NULL) AS comments
      FROM views AS v
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = v.oid AND a.attnum > 0
      JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
     CROSS JOIN LATERAL (SELECT to_jsonb(a) ->> 'attcompression' AS compression) AS j
      LEFT JOIN pg_catalog.pg_description AS s
        ON s.classoid = 'pg_class'::regclass AND s.objoid = a.attrelid AND s.objsubid = a.attnum
     GROUP BY a.attrelid
)
SELECT pg_catalog.format('%I.%I', v.nspname, v.relname) AS identity,
       quote_ident(v.relname) AS name,
       NULL AS parent,
       v.nspname AS schema,
       obj_description(v.oid, 'pg_class') AS comment,
       'pg_class'::regclass::oid AS class_id,
       v.oid AS object_id,
       0 AS sub_id,
       ltrim(left(pg_catalog.pg_get_viewdef(v.oid), -1)) AS definition,
       v.relispopulated::text AS populated,
       o.options,
       nullif(am.amname, 'heap') AS access_method,
       quote_ident(sp.spcname) AS tablespace,
       c.storage AS column_storage,
       c.compression AS column_compression,
       c.statistics AS column_statistics,
       c.options AS column_options,
       c.comments AS column_comments
  FROM views AS v
  LEFT JOIN columns AS c ON c.attrelid = v.oid
  LEFT JOIN pg_catalog.pg_am AS am ON am.oid = v.relam
  LEFT JOIN pg_catalog.pg_tablespace AS sp ON sp.oid = v.reltablespace
  LEFT JOIN pg_catalog.pg_class AS toast ON toast.oid = v.reltoastrelid
  LEFT JOIN LATERAL (
      SELECT string_agg(u.prefix || u.option, ', ' ORDER BY u.prefix, u.place) AS options
        FROM (SELECT '' AS prefix, option, place FROM unnest(v.reloptions) WITH ORDINALITY AS own(option, place)
               UNION ALL
              SELECT 'toast.', option, place FROM unnest(toast.reloptions) WITH ORDINALITY AS toasts(option, place)) AS u
  ) AS o ON v.reloptions IS NOT NULL OR toast.reloptions IS NOT NULL
