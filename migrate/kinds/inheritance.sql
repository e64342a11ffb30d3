-- What tables inherit, and what they are partitions of: one row a table that has parents. Parameters: none. Columns: those of struct
-- object, and
--   parents            "PARTITION OF app.m FOR VALUES IN (1)", "INHERITS (app.a, app.b)"
--   parent_tables      "app.a, app.b"
--   bound              of a partition: "FOR VALUES ..." or DEFAULT; else NULL
--   own_constraints    what it has of its parents', with the name there: "m1_pkey m_pkey, positive positive", or NULL
--   own_indexes        likewise: "app.m1_v_idx app.m_v", or NULL
-- Serves 12 and later.
WITH links AS (
    SELECT i.inhrelid,
           pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, p.relname), ', ' ORDER BY i.inhseqno) AS parent_tables
      FROM pg_catalog.pg_inherits AS i
      JOIN pg_catalog.pg_class AS p ON p.oid = i.inhparent
      JOIN pg_catalog.pg_namespace AS n ON n.oid = p.relnamespace
     WHERE p.relkind IN ('r', 'p')
     GROUP BY i.inhrelid
), constraints AS (
    SELECT c.conrelid, pg_catalog.string_agg(pg_catalog.format('%I %I', c.conname, coalesce(p.conname, c.conname)), ', '
                                             ORDER BY c.contype, c.conname) AS own
      FROM pg_catalog.pg_constraint AS c
      LEFT JOIN pg_catalog.pg_constraint AS p ON p.oid = c.conparentid
     WHERE c.coninhcount > 0 AND NOT c.conislocal AND c.contype IN ('p', 'u', 'x', 'f', 'c')
     GROUP BY c.conrelid
), indexes AS (
    SELECT x.indrelid, pg_catalog.string_agg(pg_catalog.format('%I.%I %I.%I', n.nspname, c.relname, q.nspname, p.relname), ', '
                                             ORDER BY c.relname) AS own
      FROM pg_catalog.pg_inherits AS i
      JOIN pg_catalog.pg_index AS x ON x.indexrelid = i.inhrelid
      JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_class AS p ON p.oid = i.inhparent
      JOIN pg_catalog.pg_namespace AS q ON q.oid = p.relnamespace
     WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k
                        WHERE k.conrelid = x.indrelid AND k.conindid = i.inhrelid AND k.contype IN ('p', 'u', 'x'))
     GROUP BY x.indrelid
)
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS identity,
       quote_ident(c.relname) AS name,
       pg_catalog.format('%I.%I', n.nspname, c.relname) AS parent,
       n.nspname AS schema,
       NULL AS comment,
       'pg_inherits'::regclass::oid AS class_id, -- pg_depend knows no inheritance: see depend.sql
       c.oid AS object_id,
       0 AS sub_id,
       CASE WHEN c.relispartition
            THEN pg_catalog.format('PARTITION OF %s %s', l.parent_tables, pg_catalog.pg_get_expr(c.relpartbound, c.oid))
            ELSE pg_catalog.format('INHERITS (%s)', l.parent_tables) END AS parents,
       l.parent_tables,
       CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END AS bound,
       k.own AS own_constraints,
       x.own AS own_indexes
  FROM links AS l
  JOIN pg_catalog.pg_class AS c ON c.oid = l.inhrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN constraints AS k ON k.conrelid = c.oid
  LEFT JOIN indexes AS x ON x.indrelid = c.oid
 WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
