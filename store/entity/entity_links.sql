-- Foreign keys from and to a relation. Parameters: $1 its oid. is_outgoing: it holds the key. here, there: columns, a line each, pair by
-- pair. is_single: at most one row there belongs to one here, for the key is unique. on_delete: pg_constraint's letter.
-- Serves 12 and later.
SELECT c.conname AS name,
       side.is_outgoing,
       n.nspname AS schema,
       r.relname AS relation,
       (SELECT string_agg(a.attname, E'\n' ORDER BY u.place)
          FROM unnest(CASE WHEN side.is_outgoing THEN c.conkey ELSE c.confkey END) WITH ORDINALITY AS u(attnum, place)
          JOIN pg_catalog.pg_attribute AS a ON a.attrelid = $1::oid AND a.attnum = u.attnum) AS here,
       (SELECT string_agg(a.attname, E'\n' ORDER BY u.place)
          FROM unnest(CASE WHEN side.is_outgoing THEN c.confkey ELSE c.conkey END) WITH ORDINALITY AS u(attnum, place)
          JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.oid AND a.attnum = u.attnum) AS there,
       EXISTS (SELECT FROM pg_catalog.pg_index AS i
                WHERE i.indrelid = c.conrelid AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
                  AND i.indkey[0:i.indnkeyatts - 1]::int2[] <@ c.conkey) AS is_single,
       c.confdeltype::text AS on_delete
  FROM pg_catalog.pg_constraint AS c
 CROSS JOIN LATERAL (
      SELECT true AS is_outgoing WHERE c.conrelid = $1::oid
      UNION ALL
      SELECT false WHERE c.confrelid = $1::oid
  ) AS side
  JOIN pg_catalog.pg_class AS r ON r.oid = CASE WHEN side.is_outgoing THEN c.confrelid ELSE c.conrelid END
  JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace
 WHERE c.contype = 'f' AND c.conparentid = 0 AND (c.conrelid = $1::oid OR c.confrelid = $1::oid)
 ORDER BY side.is_outgoing DESC, c.conname COLLATE "C", c.conrelid
