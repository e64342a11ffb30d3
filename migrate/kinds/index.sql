-- Indexes of tables and materialized views, without those that belong to a constraint or to a partitioned index. Parameters: none.
-- Columns: those of struct object, and
--   is_unique          true, false
--   definition         what follows ON, without options: "USING btree (a, lower(b)) INCLUDE (c) WHERE (d > 0)"
--   is_valid           false where a CREATE INDEX CONCURRENTLY has not come to its end
--   options            "key=value", sorted, or NULL
--   tablespace         where it is not the database's own
--   statistics         the targets of its expressions: "2=300, 3=0", or NULL
--   replica_identity, is_clustered   whether the table's REPLICA IDENTITY, CLUSTER ON is this one
--   is_partitioned     true, false
--   has_expressions    whether it has any, or a predicate
-- Serves 12 and later.
WITH indexes AS (
    SELECT i.*, c.relname, c.relkind, c.reloptions, c.reltablespace, n.nspname,
           pg_catalog.format('%I.%I', m.nspname, t.relname) AS parent,
           pg_catalog.pg_get_indexdef(i.indexrelid) AS statement
      FROM pg_catalog.pg_index AS i
      JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
      JOIN pg_catalog.pg_namespace AS m ON m.oid = t.relnamespace
     WHERE i.indexrelid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND t.relkind IN ('r', 'p', 'm') AND NOT c.relispartition
       AND i.indexrelid NOT IN (SELECT conindid FROM pg_catalog.pg_constraint WHERE contype IN ('p', 'u', 'x'))
), targets AS (
    SELECT attrelid, pg_catalog.string_agg(attnum || '=' || attstattarget, ', ' ORDER BY attnum) AS statistics
      FROM pg_catalog.pg_attribute
     WHERE attstattarget >= 0 AND attnum > 0 AND attrelid >= 16384
     GROUP BY attrelid
), options AS ( -- and as the statement has them
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
SELECT pg_catalog.format('%I.%I', i.nspname, i.relname) AS identity,
       quote_ident(i.relname) AS name,
       i.parent,
       i.nspname AS schema,
       d.description AS comment,
       'pg_class'::regclass::oid AS class_id,
       i.indexrelid AS object_id,
       0 AS sub_id,
       i.indisunique::text AS is_unique,
       pg_catalog.replace(
           pg_catalog.substr(i.statement, pg_catalog.length(pg_catalog.concat('CREATE ', CASE WHEN i.indisunique THEN 'UNIQUE ' END,
               'INDEX ', quote_ident(i.relname), ' ON ', CASE WHEN i.relkind = 'I' THEN 'ONLY ' END, i.parent, ' ')) + 1),
           coalesce(o.clause, ' WITH ()'), '') AS definition,
       (i.indisvalid AND i.indisready)::text AS is_valid,
       o.options,
       quote_ident(s.spcname) AS tablespace,
       t.statistics,
       i.indisreplident::text AS replica_identity,
       i.indisclustered::text AS is_clustered,
       (i.relkind = 'I')::text AS is_partitioned,
       (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)::text AS has_expressions
  FROM indexes AS i
  LEFT JOIN targets AS t ON t.attrelid = i.indexrelid
  LEFT JOIN pg_catalog.pg_tablespace AS s ON s.oid = i.reltablespace
  LEFT JOIN pg_catalog.pg_description AS d
         ON d.classoid = 'pg_class'::regclass AND d.objoid = i.indexrelid AND d.objsubid = 0
  LEFT JOIN options AS o ON o.oid = i.indexrelid
