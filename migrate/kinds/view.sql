-- Views. Parameters: none. Columns: those of struct object, then the fields of view.c. columns, column_defaults and
-- column_comments hold an item for each column that has any. Serves 12 and later.
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS identity,
       quote_ident(c.relname) AS name,
       NULL AS parent,
       n.nspname AS schema,
       obj_description(c.oid, 'pg_class') AS comment,
       'pg_class'::regclass::oid AS class_id,
       c.oid AS object_id,
       0 AS sub_id,
       ltrim(left(pg_catalog.pg_get_viewdef(c.oid), -1)) AS definition,
       (SELECT string_agg(o.entry, ', ' ORDER BY o.entry) FROM unnest(c.reloptions) AS o(entry)) AS options,
       l.columns,
       l.nulls,
       l.column_defaults,
       l.column_comments
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 CROSS JOIN LATERAL (
      SELECT string_agg(pg_catalog.format('%I %s%s', a.attname, y.type, y.collation), ', ' ORDER BY a.attnum) AS columns,
             string_agg(pg_catalog.format('NULL::%s%s AS %I', y.type, y.collation, a.attname), ', ' ORDER BY a.attnum) AS nulls,
             string_agg(pg_catalog.format('%I DEFAULT %s', a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid)),
                        ', ' ORDER BY a.attnum) FILTER (WHERE d.adbin IS NOT NULL) AS column_defaults,
             string_agg(pg_catalog.format('%I IS %L', a.attname, s.description),
                        ', ' ORDER BY a.attnum) FILTER (WHERE s.description IS NOT NULL) AS column_comments
        FROM pg_catalog.pg_attribute AS a
        JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
        LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        LEFT JOIN pg_catalog.pg_description AS s
          ON s.classoid = 'pg_class'::regclass AND s.objoid = a.attrelid AND s.objsubid = a.attnum
       CROSS JOIN LATERAL (
            SELECT pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
                   CASE WHEN a.attcollation <> t.typcollation
                        THEN (SELECT pg_catalog.format(' COLLATE %I.%I', cn.nspname, co.collname)
                                FROM pg_catalog.pg_collation AS co
                                JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
                               WHERE co.oid = a.attcollation) END AS collation
       ) AS y
       WHERE a.attrelid = c.oid AND a.attnum > 0
  ) AS l
 WHERE c.relkind = 'v' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
