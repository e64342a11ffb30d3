-- Views. Parameters: none. Columns: those of struct object, then the fields of view.c. columns, column_defaults and
-- column_comments hold an item for each column that has any. Serves 12 and later.
WITH views AS MATERIALIZED (
    SELECT c.oid, c.relname, c.reloptions, n.nspname
      FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.relkind = 'v' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), columns AS (
    SELECT a.attrelid,
           string_agg(pg_catalog.format('%I %s%s', a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
                                        CASE WHEN a.attcollation <> t.typcollation
                                             THEN pg_catalog.format(' COLLATE %I.%I', cn.nspname, co.collname) END),
                      ', ' ORDER BY a.attnum) AS types,
           string_agg(pg_catalog.format('NULL::%s%s AS %I', pg_catalog.format_type(a.atttypid, a.atttypmod),
                                        CASE WHEN a.attcollation <> t.typcollation
                                             THEN pg_catalog.format(' COLLATE %I.%I', cn.nspname, co.collname) END, a.attname),
                      ', ' ORDER BY a.attnum) AS nulls,
           string_agg(pg_catalog.format('%I DEFAULT %s', a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid)),
                      ', ' ORDER BY a.attnum) FILTER (WHERE d.adbin IS NOT NULL) AS defaults,
           string_agg(pg_catalog.format('%I IS %L', a.attname, s.description),
                      ', ' ORDER BY a.attnum) FILTER (WHERE s.description IS NOT NULL) AS comments
      FROM views AS v
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = v.oid AND a.attnum > 0
      JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
      LEFT JOIN pg_catalog.pg_collation AS co ON co.oid = a.attcollation
      LEFT JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
      LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
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
       o.options,
       c.types AS columns,
       c.nulls,
       c.defaults AS column_defaults,
       c.comments AS column_comments
  FROM views AS v
  LEFT JOIN columns AS c ON c.attrelid = v.oid
  LEFT JOIN LATERAL (
      SELECT string_agg(u.option, ', ' ORDER BY u.place) AS options
        FROM unnest(v.reloptions) WITH ORDINALITY AS u(option, place)
  ) AS o ON v.reloptions IS NOT NULL
