-- CHECK constraints of tables, without those that are only inherited. Parameters: none. Columns: those of struct object, and
--   definition         "CHECK ((a > 0))"
--   no_inherit         true, false
--   validated          true, false (NOT VALID)
--   enforced           true, false (NOT ENFORCED, 18)
--   is_inherited       whether a parent has it, too
-- Serves 12 and later.
WITH constraints AS (
    SELECT c.*, t.relname, n.nspname, pg_catalog.pg_get_constraintdef(c.oid) AS definition
      FROM pg_catalog.pg_constraint AS c
      JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
     WHERE c.contype = 'c' AND c.conislocal AND c.oid >= 16384 AND t.relkind IN ('r', 'p')
       AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), ends AS (
    SELECT oid, definition LIKE '%) NOT ENFORCED' OR definition LIKE '% NO INHERIT NOT ENFORCED' AS is_not_enforced
      FROM constraints
)
SELECT pg_catalog.format('%I.%I.%I', c.nspname, c.relname, c.conname) AS identity,
       quote_ident(c.conname) AS name,
       pg_catalog.format('%I.%I', c.nspname, c.relname) AS parent,
       c.nspname AS schema,
       d.description AS comment,
       'pg_constraint'::regclass::oid AS class_id,
       c.oid AS object_id,
       0 AS sub_id,
       pg_catalog.left(c.definition, pg_catalog.length(c.definition)
           - CASE WHEN c.connoinherit THEN pg_catalog.length(' NO INHERIT') ELSE 0 END
           - CASE WHEN e.is_not_enforced THEN pg_catalog.length(' NOT ENFORCED')
                  WHEN NOT c.convalidated THEN pg_catalog.length(' NOT VALID') ELSE 0 END) AS definition,
       c.connoinherit::text AS no_inherit,
       (c.convalidated OR e.is_not_enforced)::text AS validated,
       (NOT e.is_not_enforced)::text AS enforced,
       (c.coninhcount > 0)::text AS is_inherited
  FROM constraints AS c
  JOIN ends AS e ON e.oid = c.oid
  LEFT JOIN pg_catalog.pg_description AS d
         ON d.classoid = 'pg_constraint'::regclass AND d.objoid = c.oid AND d.objsubid = 0
