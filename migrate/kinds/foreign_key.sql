-- FOREIGN KEY constraints, without those that partitions have from their parent. Parameters: none. Columns: those of
-- struct object, and
--   definition         "FOREIGN KEY (a) REFERENCES app.t(b) MATCH FULL ON UPDATE CASCADE ON DELETE SET NULL (a)"
--   deferrable         NOT DEFERRABLE, DEFERRABLE, DEFERRABLE INITIALLY DEFERRED
--   validated          true, false (NOT VALID)
--   enforced           true, false (NOT ENFORCED, 18)
-- Serves 12 and later.
WITH constraints AS (
    SELECT c.*, t.relname, n.nspname, pg_catalog.pg_get_constraintdef(c.oid) AS definition
      FROM pg_catalog.pg_constraint AS c
      JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
     WHERE c.contype = 'f' AND c.conparentid = 0 AND c.oid >= 16384 AND t.relkind IN ('r', 'p')
       AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), ends AS (
    SELECT oid, definition LIKE '% NOT ENFORCED' AS is_not_enforced FROM constraints
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
           - CASE WHEN c.condeferred THEN pg_catalog.length(' DEFERRABLE INITIALLY DEFERRED')
                  WHEN c.condeferrable THEN pg_catalog.length(' DEFERRABLE') ELSE 0 END
           - CASE WHEN e.is_not_enforced THEN pg_catalog.length(' NOT ENFORCED')
                  WHEN NOT c.convalidated THEN pg_catalog.length(' NOT VALID') ELSE 0 END) AS definition,
       CASE WHEN c.condeferred THEN 'DEFERRABLE INITIALLY DEFERRED'
            WHEN c.condeferrable THEN 'DEFERRABLE' ELSE 'NOT DEFERRABLE' END AS deferrable,
       (c.convalidated OR e.is_not_enforced)::text AS validated,
       (NOT e.is_not_enforced)::text AS enforced
  FROM constraints AS c
  JOIN ends AS e ON e.oid = c.oid
  LEFT JOIN pg_catalog.pg_description AS d
         ON d.classoid = 'pg_constraint'::regclass AND d.objoid = c.oid AND d.objsubid = 0
