-- Triggers; those of constraints and the clones on partitions are left out. Parameters: none. Columns: those of struct object, then
-- the fields of trigger.c. Serves 12 and later.
WITH triggers AS MATERIALIZED (
    SELECT t.oid, t.tgrelid, t.tgname, t.tgtype, t.tgenabled, t.tgconstraint, t.tgqual IS NOT NULL AS has_condition,
           n.nspname, c.relname,
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
      FROM pg_catalog.pg_trigger AS t
      JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid AND c.relkind IN ('r', 'p', 'v')
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      LEFT JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_trigger'::regclass AND d.objid = t.oid AND d.deptype = 'P'
      LEFT JOIN LATERAL (
          SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY o.place) AS columns
            FROM unnest(t.tgattr::int2[]) WITH ORDINALITY AS o(attnum, place)
            JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.tgrelid AND a.attnum = o.attnum
           WHERE t.tgattr::int2[] <> '{}'
      ) AS u ON true
     WHERE NOT t.tgisinternal AND d.objid IS NULL AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
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
), tails AS MATERIALIZED (
    -- What follows FOR EACH ROW: [WHEN (condition)] EXECUTE FUNCTION function(arguments).
    SELECT t.*,
           substr(pg_catalog.pg_get_triggerdef(t.oid),
                  length(pg_catalog.format('CREATE %sTRIGGER %I %s %s ON %I.%I %s%s%sFOR EACH %s ',
                                           CASE WHEN t.tgconstraint <> 0 THEN 'CONSTRAINT ' END, t.tgname, t.timing, t.events,
                                           t.nspname, t.relname, 'FROM ' || t.referenced_table || ' ', t.constraint_timing || ' ',
                                           'REFERENCING ' || t.transition_tables || ' ', t.level)) + 1) AS tail
      FROM triggers AS t
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
       p.parts[1] AS condition,
       CASE WHEN t.has_condition THEN p.parts[2] ELSE substr(t.tail, length('EXECUTE FUNCTION ') + 1) END AS function,
       t.constraint_timing,
       t.referenced_table,
       CASE t.tgenabled WHEN 'O' THEN 'ENABLE' WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END
           AS enabled,
       s.states AS enabled_on_partitions
  FROM tails AS t
  LEFT JOIN clones AS s ON s.oid = t.oid
  LEFT JOIN LATERAL (
      -- Where a name or a literal holds the words between, too, the last call in the text counts: a name, literals, the end.
      SELECT CASE WHEN cardinality(w.parts) = 2 THEN ARRAY[substr(w.parts[1], length('WHEN (') + 1), w.parts[2]]
                  ELSE regexp_match(t.tail, '^WHEN \((.*)\) EXECUTE FUNCTION ((?:[^" .(]+|"(?:[^"]|"")+")(?:\.(?:[^" .(]+|"(?:[^"]|"")+"))?'
                                            '\((?:''(?:[^'']|'''')*''(?:, )?)*\))$') END AS parts
        FROM (SELECT string_to_array(t.tail, ') EXECUTE FUNCTION ') AS parts) AS w
       WHERE t.has_condition
  ) AS p ON true
