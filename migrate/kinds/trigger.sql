-- Triggers; those of constraints and the clones on partitions are left out. Parameters: none. Columns: those of struct object, then
-- the fields of trigger.c. Serves 12 and later.
WITH triggers AS MATERIALIZED (
    SELECT t.oid, t.tgrelid, t.tgname, t.tgtype, t.tgenabled, t.tgfoid, t.tgconstraint, t.tgconstrrelid, t.tgdeferrable,
           t.tginitdeferred, t.tgqual IS NOT NULL AS has_condition, t.tgattr::int2[] AS columns,
           t.tgoldtable, t.tgnewtable, n.nspname, c.relname
      FROM pg_catalog.pg_trigger AS t
      JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid AND c.relkind IN ('r', 'p', 'v')
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      LEFT JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_trigger'::regclass AND d.objid = t.oid AND d.deptype = 'P'
     WHERE NOT t.tgisinternal AND d.objid IS NULL AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), updates AS (
    SELECT t.oid, string_agg(quote_ident(a.attname), ', ' ORDER BY u.place) AS columns
      FROM triggers AS t
     CROSS JOIN unnest(t.columns) WITH ORDINALITY AS u(attnum, place)
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.tgrelid AND a.attnum = u.attnum
     GROUP BY t.oid
), clones AS (
    SELECT d.refobjid AS oid,
           string_agg(pg_catalog.format('%s %s', c.tgrelid::regclass,
                                        CASE c.tgenabled WHEN 'O' THEN 'ENABLE' WHEN 'D' THEN 'DISABLE'
                                                         WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END),
                      ', ' ORDER BY c.tgrelid::regclass::text) AS states
      FROM triggers AS t
      JOIN pg_catalog.pg_depend AS d
        ON d.classid = 'pg_trigger'::regclass AND d.refclassid = 'pg_trigger'::regclass AND d.refobjid = t.oid AND d.deptype = 'P'
      JOIN pg_catalog.pg_trigger AS c ON c.oid = d.objid AND c.tgenabled <> t.tgenabled
     GROUP BY d.refobjid
), pieces AS (
    SELECT t.*,
           CASE WHEN t.tgtype & 2 <> 0 THEN 'BEFORE' WHEN t.tgtype & 64 <> 0 THEN 'INSTEAD OF' ELSE 'AFTER' END AS timing,
           concat_ws(' OR ', CASE WHEN t.tgtype & 4 <> 0 THEN 'INSERT' END, CASE WHEN t.tgtype & 8 <> 0 THEN 'DELETE' END,
                     CASE WHEN t.tgtype & 16 <> 0 THEN 'UPDATE' || coalesce(' OF ' || u.columns, '') END,
                     CASE WHEN t.tgtype & 32 <> 0 THEN 'TRUNCATE' END) AS events,
           CASE WHEN t.tgtype & 1 <> 0 THEN 'ROW' ELSE 'STATEMENT' END AS level,
           nullif(concat_ws(' ', 'OLD TABLE AS ' || quote_ident(t.tgoldtable), 'NEW TABLE AS ' || quote_ident(t.tgnewtable)), '')
               AS transition_tables,
           CASE WHEN t.tgconstraint <> 0
                THEN CASE WHEN t.tgdeferrable THEN '' ELSE 'NOT ' END || 'DEFERRABLE INITIALLY '
                     || CASE WHEN t.tginitdeferred THEN 'DEFERRED' ELSE 'IMMEDIATE' END END AS constraint_timing,
           CASE WHEN t.tgconstrrelid <> 0 THEN t.tgconstrrelid::regclass::text END AS referenced_table
      FROM triggers AS t
      LEFT JOIN updates AS u ON u.oid = t.oid
), tails AS (
    -- What follows FOR EACH ROW: [WHEN (condition)] EXECUTE FUNCTION function(arguments).
    SELECT p.*,
           substr(pg_catalog.pg_get_triggerdef(p.oid),
                  length(pg_catalog.format('CREATE %sTRIGGER %I %s %s ON %I.%I %s%s%sFOR EACH %s ',
                                           CASE WHEN p.tgconstraint <> 0 THEN 'CONSTRAINT ' END, p.tgname, p.timing, p.events,
                                           p.nspname, p.relname, 'FROM ' || p.referenced_table || ' ', p.constraint_timing || ' ',
                                           'REFERENCING ' || p.transition_tables || ' ', p.level)) + 1) AS tail
      FROM pieces AS p
)
SELECT pg_catalog.format('%I.%I.%I', t.nspname, t.relname, t.tgname) AS identity,
       quote_ident(t.tgname) AS name,
       pg_catalog.format('%I.%I', t.nspname, t.relname) AS parent,
       t.nspname AS schema,
       obj_description(t.oid, 'pg_trigger') AS comment,
       'pg_trigger'::regclass::oid AS class_id,
       t.oid AS object_id,
       0 AS sub_id,
       t.timing,
       t.events,
       t.level,
       t.transition_tables,
       CASE WHEN t.has_condition
            THEN (regexp_match(t.tail, '^WHEN \((.*)\) EXECUTE FUNCTION ' || s.call))[1] END AS condition,
       CASE WHEN t.has_condition
            THEN (regexp_match(t.tail, '^WHEN \(.*\) EXECUTE FUNCTION (' || s.call || ')'))[1]
            ELSE substr(t.tail, length('EXECUTE FUNCTION ') + 1) END AS function,
       t.constraint_timing,
       t.referenced_table,
       CASE t.tgenabled WHEN 'O' THEN 'ENABLE' WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END
           AS enabled,
       c.states AS enabled_on_partitions
  FROM tails AS t
  LEFT JOIN clones AS c ON c.oid = t.oid
 CROSS JOIN (SELECT '(?:[^" .(]+|"(?:[^"]|"")+")(?:\.(?:[^" .(]+|"(?:[^"]|"")+"))?\((?:''(?:[^'']|'''')*''(?:, )?)*\)$' AS call) AS s
