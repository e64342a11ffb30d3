-- Aggregates. arguments: as CREATE AGGREGATE takes them, ORDER BY of ordered sets included; final_modify, moving_final_modify: where
-- they are not PostgreSQL's own choice. Parameters: none. Columns: those of struct object, then the fields. Serves 12 and later.
WITH routines AS (
    SELECT p.oid, p.proname, p.proargtypes, p.proparallel, p.prorettype, n.nspname, a.*,
           coalesce(nullif(pg_get_function_arguments(p.oid), ''), '*') AS arguments
      FROM pg_catalog.pg_proc AS p
      JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
      JOIN pg_catalog.pg_aggregate AS a ON a.aggfnoid = p.oid
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), types AS (
    SELECT r.oid, string_agg(format_type(a.type, NULL), ', ' ORDER BY a.place) AS types
      FROM routines AS r, unnest(r.proargtypes) WITH ORDINALITY AS a(type, place)
     GROUP BY r.oid
), modes(mode, word) AS (
    VALUES ('r'::"char", 'read_only'), ('s', 'shareable'), ('w', 'read_write')
)
SELECT format('%I.%I(%s)', r.nspname, r.proname, coalesce(t.types, '*')) AS identity,
       quote_ident(r.proname) AS name,
       NULL AS parent,
       r.nspname AS schema,
       obj_description(r.oid, 'pg_proc') AS comment,
       'pg_proc'::regclass::oid AS class_id,
       r.oid AS object_id,
       0 AS sub_id,
       r.arguments,
       (r.aggkind = 'h')::text AS hypothetical,
       r.aggtransfn::regproc::text AS state_function,
       format_type(r.aggtranstype, NULL) AS state_type,
       nullif(r.aggtransspace, 0)::text AS state_space,
       nullif(r.aggfinalfn::oid, 0)::regproc::text AS final_function,
       r.aggfinalextra::text AS final_extra,
       CASE WHEN r.aggfinalmodify <> CASE r.aggkind WHEN 'n' THEN 'r' ELSE 'w' END THEN fm.word END AS final_modify,
       nullif(r.aggcombinefn::oid, 0)::regproc::text AS combine_function,
       nullif(r.aggserialfn::oid, 0)::regproc::text AS serial_function,
       nullif(r.aggdeserialfn::oid, 0)::regproc::text AS deserial_function,
       quote_literal(r.agginitval) AS initial,
       nullif(r.aggmtransfn::oid, 0)::regproc::text AS moving_state_function,
       nullif(r.aggminvtransfn::oid, 0)::regproc::text AS moving_inverse_function,
       CASE WHEN r.aggmtranstype <> 0 THEN format_type(r.aggmtranstype, NULL) END AS moving_state_type,
       nullif(r.aggmtransspace, 0)::text AS moving_state_space,
       nullif(r.aggmfinalfn::oid, 0)::regproc::text AS moving_final_function,
       r.aggmfinalextra::text AS moving_final_extra,
       CASE WHEN r.aggmfinalmodify <> CASE r.aggkind WHEN 'n' THEN 'r' ELSE 'w' END THEN mm.word END AS moving_final_modify,
       quote_literal(r.aggminitval) AS moving_initial,
       CASE WHEN o.oid IS NOT NULL THEN format('OPERATOR(%I.%s)', o.nspname, o.oprname) END AS sort_operator,
       CASE r.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END AS parallel,
       format('%I.%I(%s)', r.nspname, r.proname, coalesce(nullif(pg_get_function_identity_arguments(r.oid), ''), '*'))
         AS signature,
       format('%I.%I', r.nspname, r.proname) AS path,
       format_type(r.prorettype, NULL) AS returns
  FROM routines AS r
  LEFT JOIN types AS t ON t.oid = r.oid
  LEFT JOIN (SELECT o.oid, o.oprname, n.nspname
               FROM pg_catalog.pg_operator AS o
               JOIN pg_catalog.pg_namespace AS n ON n.oid = o.oprnamespace) AS o ON o.oid = r.aggsortop
  LEFT JOIN modes AS fm ON fm.mode = r.aggfinalmodify
  LEFT JOIN modes AS mm ON mm.mode = r.aggmfinalmodify
