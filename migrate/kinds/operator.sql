-- Operators. Parameters: none. Columns: those of struct object, and
--   procedure                       the function's name, with its schema
--   commutator, negator             "OPERATOR(app.<)", or NULL
--   restriction, join_estimator     names of functions, or NULL
--   hashes, merges                  whether hash and merge joins can use it
--   left_type, right_type           or NONE
--   called                          its name with its schema, as CREATE OPERATOR takes it
-- Operators that are only named by others (shells) are left out. Serves 12 and later.
WITH operators AS (
    SELECT o.*, n.nspname, pg_catalog.format('%I.%s', n.nspname, o.oprname) AS called,
           CASE WHEN o.oprleft = 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprleft, NULL) END AS left_type,
           CASE WHEN o.oprright = 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprright, NULL) END AS right_type
      FROM pg_catalog.pg_operator AS o
      JOIN pg_catalog.pg_namespace AS n ON n.oid = o.oprnamespace
)
SELECT pg_catalog.format('%s(%s, %s)', o.called, o.left_type, o.right_type) AS identity,
       o.oprname AS name,
       NULL AS parent,
       o.nspname AS schema,
       obj_description(o.oid, 'pg_operator') AS comment,
       'pg_operator'::regclass::oid AS class_id,
       o.oid AS object_id,
       0 AS sub_id,
       CASE WHEN pn.nspname = 'pg_catalog' THEN quote_ident(p.proname)
            ELSE pg_catalog.format('%I.%I', pn.nspname, p.proname) END AS procedure,
       'OPERATOR(' || c.called || ')' AS commutator,
       'OPERATOR(' || g.called || ')' AS negator,
       nullif(o.oprrest::text, '-') AS restriction,
       nullif(o.oprjoin::text, '-') AS join_estimator,
       o.oprcanhash::text AS hashes,
       o.oprcanmerge::text AS merges,
       o.left_type,
       o.right_type,
       o.called
  FROM operators AS o
  JOIN pg_catalog.pg_proc AS p ON p.oid = o.oprcode
  JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.pronamespace
  LEFT JOIN operators AS c ON c.oid = o.oprcom
  LEFT JOIN operators AS g ON g.oid = o.oprnegate
 WHERE o.oid >= 16384 AND o.nspname !~ '^pg_' AND o.nspname <> 'information_schema'
