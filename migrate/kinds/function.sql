-- Functions, window functions too, not aggregates. arguments: modes, names and types of all but those of TABLE, without
-- defaults; shape: the same without names; settings: SET clauses; cost, rows: where they are not what PostgreSQL takes by
-- itself; signature, declaration: what DROP and CREATE call it.
-- Parameters: none. Columns: those of struct object, then the fields. Serves 14 and later.
WITH routines AS (
    SELECT p.*, n.nspname
      FROM pg_catalog.pg_proc AS p
      JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
      LEFT JOIN pg_catalog.pg_depend AS d
             ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i'
     WHERE p.prokind IN ('f', 'w') AND d.objid IS NULL AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), arguments AS (
    SELECT r.oid,
           string_agg(format_type(a.type, NULL), ', ' ORDER BY a.place)
             FILTER (WHERE coalesce(a.mode, 'i') IN ('i', 'b', 'v')) AS types,
           string_agg(concat_ws(' ', m.word, quote_ident(nullif(a.name, '')), format_type(a.type, NULL)), ', '
                      ORDER BY a.place) FILTER (WHERE a.mode IS DISTINCT FROM 't') AS arguments,
           string_agg(concat_ws(' ', m.word, format_type(a.type, NULL)), ', ' ORDER BY a.place)
             FILTER (WHERE a.mode IS DISTINCT FROM 't') AS shape,
           coalesce(bool_or(a.mode IN ('o', 'b')), false) AS has_outputs
      FROM routines AS r,
           unnest(coalesce(r.proallargtypes, r.proargtypes::oid[]), r.proargmodes, r.proargnames)
             WITH ORDINALITY AS a(type, mode, name, place)
      LEFT JOIN (VALUES ('o'::"char", 'OUT'), ('b', 'INOUT'), ('v', 'VARIADIC')) AS m(mode, word) ON m.mode = a.mode
     GROUP BY r.oid
), settings AS (
    SELECT r.oid,
           string_agg(format('SET %I TO %s', left(c.item, strpos(c.item, '=') - 1), coalesce(v.names, c.value)), E'\n '
                      ORDER BY c.place) AS settings
      FROM routines AS r,
           LATERAL (SELECT i.item, i.place, quote_literal(substr(i.item, strpos(i.item, '=') + 1)) AS value
                      FROM unnest(r.proconfig) WITH ORDINALITY AS i(item, place)) AS c,
           LATERAL (SELECT string_agg(quote_literal(coalesce(replace(n[1], '""', '"'), n[2])), ', ') AS names
                      FROM regexp_matches(substr(c.item, strpos(c.item, '=') + 1),
                                          '"((?:[^"]|"")*)"|([^",[:space:]]+)', 'g') AS n
                     WHERE lower(left(c.item, strpos(c.item, '=') - 1))
                           IN ('search_path', 'temp_tablespaces', 'local_preload_libraries', 'session_preload_libraries',
                               'shared_preload_libraries', 'unix_socket_directories')) AS v
     GROUP BY r.oid
), transforms AS (
    SELECT r.oid, string_agg('FOR TYPE ' || format_type(t.type, NULL), ', ' ORDER BY t.place) AS transforms
      FROM routines AS r, unnest(r.protrftypes) WITH ORDINALITY AS t(type, place)
     GROUP BY r.oid
)
SELECT format('%I.%I(%s)', r.nspname, r.proname, a.types) AS identity,
       quote_ident(r.proname) AS name,
       NULL AS parent,
       r.nspname AS schema,
       obj_description(r.oid, 'pg_proc') AS comment,
       'pg_proc'::regclass::oid AS class_id,
       r.oid AS object_id,
       0 AS sub_id,
       a.arguments,
       pg_get_expr(r.proargdefaults, 0) AS defaults,
       pg_get_function_result(r.oid) AS returns,
       quote_ident(l.lanname) AS language,
       CASE WHEN r.prosqlbody IS NULL THEN replace(r.prosrc, E'\r\n', E'\n') END AS body,
       pg_get_function_sqlbody(r.oid) AS sql_body,
       r.probin AS library,
       CASE r.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility,
       r.proisstrict::text AS strict,
       r.prosecdef::text AS security_definer,
       r.proleakproof::text AS leakproof,
       CASE r.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END AS parallel,
       nullif(r.procost, CASE WHEN l.lanname IN ('internal', 'c') THEN 1 ELSE 100 END)::text AS cost,
       CASE WHEN r.prorows NOT IN (0, 1000) THEN r.prorows::text END AS rows,
       nullif(r.prosupport::oid, 0)::regproc::text AS support,
       (r.prokind = 'w')::text AS window,
       s.settings,
       t.transforms,
       format('%I.%I(%s)', r.nspname, r.proname, pg_get_function_identity_arguments(r.oid)) AS signature,
       format('%I.%I(%s)', r.nspname, r.proname, pg_get_function_arguments(r.oid)) AS declaration,
       a.shape,
       a.has_outputs::text AS has_outputs,
       (r.proargnames IS NOT NULL)::text AS is_named,
       r.pronargdefaults::text AS default_count
  FROM routines AS r
  JOIN pg_catalog.pg_language AS l ON l.oid = r.prolang
  LEFT JOIN arguments AS a ON a.oid = r.oid
  LEFT JOIN settings AS s ON s.oid = r.oid
  LEFT JOIN transforms AS t ON t.oid = r.oid
