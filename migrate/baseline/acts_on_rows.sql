-- What would act on rows that a script inserts into some tables, and must come behind them. Serves 12 and later.
-- Parameters: the tables' ids, as an array. Columns: what, class_id, object_id. what is trigger (triggers and rules that act on INSERT),
-- constraint (a check that old rows need not meet, a foreign key), table (one of these, or a partition of it), view (materialized, with
-- rows: those of before).
WITH tables AS (
    SELECT x.oid FROM unnest($1::oid[]) AS x (oid)
    UNION
    SELECT t.relid FROM unnest($1::oid[]) AS x (oid), pg_catalog.pg_partition_tree(x.oid) AS t
)
SELECT 'trigger' AS what, 'pg_trigger'::regclass::oid::bigint AS class_id, t.oid::bigint AS object_id
  FROM pg_catalog.pg_trigger AS t
 WHERE t.tgrelid IN (SELECT oid FROM tables) AND NOT t.tgisinternal AND t.tgtype & 4 <> 0
UNION ALL
SELECT 'trigger', 'pg_rewrite'::regclass::oid::bigint, r.oid::bigint
  FROM pg_catalog.pg_rewrite AS r
 WHERE r.ev_class IN (SELECT oid FROM tables) AND r.ev_type = '3'
UNION ALL
SELECT 'constraint', 'pg_constraint'::regclass::oid::bigint, c.oid::bigint
  FROM pg_catalog.pg_constraint AS c
 WHERE c.conrelid IN (SELECT oid FROM tables) AND c.contype IN ('c', 'f')
UNION ALL
SELECT 'table', 'pg_class'::regclass::oid::bigint, t.oid::bigint FROM tables AS t
UNION ALL
SELECT 'view', 'pg_class'::regclass::oid::bigint, c.oid::bigint
  FROM pg_catalog.pg_class AS c
 WHERE c.relkind = 'm' AND c.relispopulated
