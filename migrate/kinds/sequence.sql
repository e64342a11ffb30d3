-- Sequences, those of identity columns left out. minimum, maximum, start: where they are not what the type and the direction make of
-- them; ..._value: always. persistence: where it is not that of the owning table (without one: permanent); servers before 15
-- know none. Parameters: none. Columns: those of struct object, then the fields. Serves 12 and later.
SELECT format('%I.%I', n.nspname, c.relname) AS identity,
       quote_ident(c.relname) AS name,
       NULL AS parent,
       n.nspname AS schema,
       obj_description(c.oid, 'pg_class') AS comment,
       'pg_class'::regclass::oid AS class_id,
       c.oid AS object_id,
       0 AS sub_id,
       format_type(s.seqtypid, NULL) AS type,
       s.seqincrement::text AS increment,
       nullif(s.seqmin, CASE WHEN s.seqincrement > 0 THEN 1 ELSE b.least END)::text AS minimum,
       nullif(s.seqmax, CASE WHEN s.seqincrement > 0 THEN b.greatest ELSE -1 END)::text AS maximum,
       nullif(s.seqstart, CASE WHEN s.seqincrement > 0 THEN s.seqmin ELSE s.seqmax END)::text AS start,
       s.seqcache::text AS cache,
       s.seqcycle::text AS cycle,
       CASE WHEN current_setting('server_version_num')::integer < 150000 THEN NULL
            WHEN c.relpersistence <> coalesce(t.relpersistence, 'p')
            THEN CASE c.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END END AS persistence,
       s.seqmin::text AS minimum_value,
       s.seqmax::text AS maximum_value,
       s.seqstart::text AS start_value,
       (c.relpersistence = 'u')::text AS is_unlogged
  FROM pg_catalog.pg_sequence AS s
  JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  JOIN (VALUES ('smallint'::regtype, -32768::bigint, 32767::bigint), ('integer', -2147483648, 2147483647),
               ('bigint', -9223372036854775808, 9223372036854775807)) AS b(type, least, greatest) ON b.type = s.seqtypid
  LEFT JOIN pg_catalog.pg_depend AS d
         ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
        AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
  LEFT JOIN pg_catalog.pg_class AS t ON t.oid = d.refobjid
 WHERE d.deptype IS DISTINCT FROM 'i' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
