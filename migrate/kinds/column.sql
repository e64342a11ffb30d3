-- Columns of tables. Parameters: none. Columns: those of struct object, and
--   type               with its modifier
--   collation          where it is not the type's
--   nullable           true, false
--   identity_kind      ALWAYS, BY DEFAULT, or NULL
--   identity_options   the sequence's, as CREATE takes them, without those that are the defaults of its type
--   generated          "(expression) STORED", "(expression) VIRTUAL", or NULL
--   storage            where it is not the type's
--   compression        where it is not the default
--   statistics         the target where it is not the default
--   options            "key=value", sorted, or NULL
--   origin             inherited (of a partition, too), type (of a typed table), or NULL
--   is_local           whether an inherited one is declared by its table, too
--   own                what an inherited one has otherwise than its parent: "nullable, storage, compression"
--   real_storage       storage, also where it is the type's
--   identity_settings  all of the sequence's, as ALTER takes them
--   identity_name      the sequence's name where it is not the one that PostgreSQL would choose
--   sequence, sequence_minimum, sequence_maximum   its name, its bounds
-- Serves 12 and later: attcompression (14) is found in `before_14` where pg_attribute has none.
WITH tables AS MATERIALIZED (
    SELECT c.oid, c.relname, c.reloftype, n.nspname, pg_catalog.format('%I.%I', n.nspname, c.relname) AS identity
      FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), inherited AS (
    SELECT i.inhrelid, p.attname, pg_catalog.bool_or(p.attnotnull) AS attnotnull,
           (pg_catalog.array_agg(p.attstorage ORDER BY i.inhseqno))[1] AS attstorage,
           (pg_catalog.array_agg(p.compression ORDER BY i.inhseqno))[1] AS compression
      FROM pg_catalog.pg_inherits AS i
      JOIN (SELECT a.*
              FROM (SELECT ''::"char" AS attcompression) AS before_14,
                   LATERAL (SELECT attrelid, attname, attnotnull, attstorage, attcompression AS compression
                              FROM pg_catalog.pg_attribute
                             WHERE attnum > 0 AND NOT attisdropped AND attrelid >= 16384) AS a) AS p
        ON p.attrelid = i.inhparent
     GROUP BY i.inhrelid, p.attname
), sequences AS (
    SELECT d.refobjid, d.refobjsubid, q.relname, s.*, s.seqincrement > 0 AS is_up,
           CASE s.seqtypid WHEN 'smallint'::regtype THEN 32767 WHEN 'integer'::regtype THEN 2147483647
                           ELSE 9223372036854775807 END AS most
      FROM pg_catalog.pg_depend AS d
      JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = d.objid
      JOIN pg_catalog.pg_class AS q ON q.oid = d.objid
     WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i'
), identities AS (
    SELECT refobjid, refobjsubid, relname, seqmin, seqmax,
           nullif(pg_catalog.concat_ws(' ',
               CASE WHEN seqincrement <> 1 THEN 'INCREMENT BY ' || seqincrement END,
               CASE WHEN seqmin <> CASE WHEN is_up THEN 1 ELSE -most - 1 END THEN 'MINVALUE ' || seqmin END,
               CASE WHEN seqmax <> CASE WHEN is_up THEN most ELSE -1 END THEN 'MAXVALUE ' || seqmax END,
               CASE WHEN seqstart <> CASE WHEN is_up THEN seqmin ELSE seqmax END THEN 'START WITH ' || seqstart END,
               CASE WHEN seqcache <> 1 THEN 'CACHE ' || seqcache END,
               CASE WHEN seqcycle THEN 'CYCLE' END), '') AS options,
           pg_catalog.concat('SET INCREMENT BY ', seqincrement, ' SET MINVALUE ', seqmin, ' SET MAXVALUE ', seqmax,
                             ' SET START WITH ', seqstart, ' SET CACHE ', seqcache,
                             CASE WHEN seqcycle THEN ' SET CYCLE' ELSE ' SET NO CYCLE' END) AS settings
      FROM sequences
)
SELECT c.identity || '.' || quote_ident(a.attname) AS identity,
       quote_ident(a.attname) AS name,
       c.identity AS parent,
       c.nspname AS schema,
       d.description AS comment,
       'pg_class'::regclass::oid AS class_id,
       c.oid AS object_id,
       a.attnum AS sub_id,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
       CASE WHEN a.attcollation <> t.typcollation AND a.attcollation <> 0
            THEN pg_catalog.format('%I.%I', o.nspname, l.collname) END AS collation,
       (NOT a.attnotnull)::text AS nullable,
       CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END AS identity_kind,
       i.options AS identity_options,
       CASE a.attgenerated WHEN 's' THEN pg_catalog.format('(%s) STORED', pg_catalog.pg_get_expr(e.adbin, e.adrelid))
                           WHEN 'v' THEN pg_catalog.format('(%s) VIRTUAL', pg_catalog.pg_get_expr(e.adbin, e.adrelid))
       END AS generated,
       CASE WHEN a.attstorage <> t.typstorage THEN
           CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END
       END AS storage,
       CASE a.compression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression,
       nullif(a.attstattarget, -1)::text AS statistics,
       CASE WHEN a.attoptions IS NOT NULL THEN
           (SELECT pg_catalog.string_agg(x.entry, ', ' ORDER BY x.entry)
              FROM pg_catalog.unnest(a.attoptions) AS x(entry)
             WHERE x.entry !~ '^pg_attver=') END AS options, -- which some builds keep there for themselves
       CASE WHEN a.attinhcount > 0 THEN 'inherited' WHEN c.reloftype <> 0 THEN 'type' END AS origin,
       a.attislocal::text AS is_local,
       CASE WHEN h.attname IS NOT NULL THEN
           pg_catalog.concat_ws(', ', CASE WHEN h.attnotnull <> a.attnotnull THEN 'nullable' END,
                                CASE WHEN h.attstorage <> a.attstorage THEN 'storage' END,
                                CASE WHEN h.compression <> a.compression THEN 'compression' END) END AS own,
       CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END AS real_storage,
       i.settings AS identity_settings,
       CASE WHEN i.relname <> pg_catalog.concat(c.relname, '_', a.attname, '_seq')
            THEN pg_catalog.format('%I.%I', c.nspname, i.relname) END AS identity_name,
       CASE WHEN i.relname IS NOT NULL THEN pg_catalog.format('%I.%I', c.nspname, i.relname) END AS sequence,
       i.seqmin::text AS sequence_minimum,
       i.seqmax::text AS sequence_maximum
  FROM (SELECT a.*
          FROM (SELECT ''::"char" AS attcompression) AS before_14,
               LATERAL (SELECT attrelid, attname, attnum, atttypid, atttypmod, attcollation, attnotnull, attidentity,
                               attgenerated, attstorage, attcompression AS compression, attstattarget, attoptions,
                               attinhcount, attislocal
                          FROM pg_catalog.pg_attribute
                         WHERE attnum > 0 AND NOT attisdropped AND attrelid >= 16384) AS a) AS a
  JOIN tables AS c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = a.attcollation
  LEFT JOIN pg_catalog.pg_namespace AS o ON o.oid = l.collnamespace
  LEFT JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
  LEFT JOIN inherited AS h ON a.attinhcount > 0 AND h.inhrelid = a.attrelid AND h.attname = a.attname
  LEFT JOIN identities AS i ON i.refobjid = a.attrelid AND i.refobjsubid = a.attnum
  LEFT JOIN pg_catalog.pg_description AS d
         ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = a.attnum
