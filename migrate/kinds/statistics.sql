-- Extended statistics. Parameters: none. Columns: those of struct object, then the fields of statistics.c. Serves 12 and later: what
-- came later is read by way of JSON.
SELECT pg_catalog.format('%I.%I', n.nspname, s.stxname) AS identity,
       quote_ident(s.stxname) AS name,
       pg_catalog.format('%I.%I', cn.nspname, c.relname) AS parent,
       n.nspname AS schema,
       obj_description(s.oid, 'pg_statistic_ext') AS comment,
       'pg_statistic_ext'::regclass::oid AS class_id,
       s.oid AS object_id,
       0 AS sub_id,
       k.kinds,
       -- What stands between ON and FROM in "CREATE STATISTICS name (kinds) ON columns FROM table"; there is no ON in the kinds.
       left(substr(d.rest, strpos(d.rest, ' ON ') + 4), -length(pg_catalog.format(' FROM %I.%I', cn.nspname, c.relname))) AS columns,
       nullif(to_jsonb(s) ->> 'stxstattarget', '-1') AS target
  FROM pg_catalog.pg_statistic_ext AS s
  JOIN pg_catalog.pg_namespace AS n ON n.oid = s.stxnamespace
  JOIN pg_catalog.pg_class AS c ON c.oid = s.stxrelid AND c.relkind IN ('r', 'p', 'm')
  JOIN pg_catalog.pg_namespace AS cn ON cn.oid = c.relnamespace
 CROSS JOIN LATERAL (
      SELECT string_agg(CASE u.kind WHEN 'd' THEN 'ndistinct' WHEN 'f' THEN 'dependencies' WHEN 'm' THEN 'mcv' END, ', '
                        ORDER BY u.kind) AS kinds
        FROM unnest(s.stxkind) AS u(kind)
       WHERE u.kind <> 'e'
  ) AS k
 CROSS JOIN LATERAL (
      SELECT substr(pg_catalog.pg_get_statisticsobjdef(s.oid),
                    length(pg_catalog.format('CREATE STATISTICS %I.%I', n.nspname, s.stxname)) + 1) AS rest
  ) AS d
 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
