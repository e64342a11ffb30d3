-- EXCLUDE constraints, without those that partitions have from their parent. Parameters: none. Columns: those of struct object, and
--   definition         "EXCLUDE USING gist (a WITH =, b WITH &&) WHERE ((c > 0))", without options
--   deferrable         NOT DEFERRABLE, DEFERRABLE, DEFERRABLE INITIALLY DEFERRED
--   options            the index's: "key=value", sorted, or NULL
--   tablespace         the index's, where it is not the database's own
--   replica_identity, is_clustered   whether the table's REPLICA IDENTITY, CLUSTER ON is the index of this one
--   index_name         the index's, with its schema
-- Serves 12 and later.
WITH constraints AS (
    SELECT c.*, t.relname, n.nspname, pg_catalog.pg_get_constraintdef(c.oid) AS definition
      FROM pg_catalog.pg_constraint AS c
      JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
     WHERE c.contype = 'x' AND c.conparentid = 0 AND c.oid >= 16384 AND t.relkind IN ('r', 'p')
       AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), options AS ( -- and as the definition has them
    SELECT c.oid, pg_catalog.string_agg(e.entry, ', ' ORDER BY e.entry) AS options,
           ' WITH (' || pg_catalog.string_agg(pg_catalog.concat(quote_ident(v.key), '=',
               CASE WHEN quote_ident(v.value) = v.value THEN v.value ELSE quote_literal(v.value) END), ', ' ORDER BY e.place)
                     || ')' AS clause
      FROM pg_catalog.pg_class AS c,
           pg_catalog.unnest(c.reloptions) WITH ORDINALITY AS e(entry, place),
           LATERAL (SELECT pg_catalog.split_part(e.entry, '=', 1) AS key,
                           pg_catalog.substr(e.entry, pg_catalog.strpos(e.entry, '=') + 1) AS value) AS v
     WHERE c.relkind IN ('i', 'I') AND c.reloptions IS NOT NULL
     GROUP BY c.oid
)
SELECT pg_catalog.format('%I.%I.%I', c.nspname, c.relname, c.conname) AS identity,
       quote_ident(c.conname) AS name,
       pg_catalog.format('%I.%I', c.nspname, c.relname) AS parent,
       c.nspname AS schema,
       d.description AS comment,
       'pg_constraint'::regclass::oid AS class_id,
       c.oid AS object_id,
       0 AS sub_id,
       pg_catalog.replace(
           pg_catalog.left(c.definition, pg_catalog.length(c.definition)
               - CASE WHEN c.condeferred THEN pg_catalog.length(' DEFERRABLE INITIALLY DEFERRED')
                      WHEN c.condeferrable THEN pg_catalog.length(' DEFERRABLE') ELSE 0 END),
           coalesce(o.clause, ' WITH ()'), '') AS definition,
       CASE WHEN c.condeferred THEN 'DEFERRABLE INITIALLY DEFERRED'
            WHEN c.condeferrable THEN 'DEFERRABLE' ELSE 'NOT DEFERRABLE' END AS deferrable,
       o.options,
       quote_ident(s.spcname) AS tablespace,
       i.indisreplident::text AS replica_identity,
       i.indisclustered::text AS is_clustered,
       pg_catalog.format('%I.%I', c.nspname, x.relname) AS index_name
  FROM constraints AS c
  JOIN pg_catalog.pg_class AS x ON x.oid = c.conindid
  JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.conindid
  LEFT JOIN pg_catalog.pg_tablespace AS s ON s.oid = x.reltablespace
  LEFT JOIN pg_catalog.pg_description AS d
         ON d.classoid = 'pg_constraint'::regclass AND d.objoid = c.oid AND d.objsubid = 0
  LEFT JOIN options AS o ON o.oid = c.conindid
