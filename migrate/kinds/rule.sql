-- Rules; the _RETURN rules of views are the views' own. Parameters: none. Columns: those of struct object, then the fields of
-- rule.c. Serves 12 and later.
SELECT pg_catalog.format('%I.%I.%I', n.nspname, c.relname, r.rulename) AS identity,
       quote_ident(r.rulename) AS name,
       pg_catalog.format('%I.%I', n.nspname, c.relname) AS parent,
       n.nspname AS schema,
       obj_description(r.oid, 'pg_rewrite') AS comment,
       'pg_rewrite'::regclass::oid AS class_id,
       r.oid AS object_id,
       0 AS sub_id,
       e.event,
       -- What follows "CREATE RULE name AS ON event TO table".
       btrim(substr(left(pg_catalog.pg_get_ruledef(r.oid), -1),
                    length(pg_catalog.format(E'CREATE RULE %I AS\n    ON %s TO %I.%I', r.rulename, e.event, n.nspname, c.relname)) + 1),
             E' \n') AS definition,
       CASE r.ev_enabled WHEN 'O' THEN 'ENABLE' WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END
           AS enabled
  FROM pg_catalog.pg_rewrite AS r
  JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class AND c.relkind IN ('r', 'p', 'v')
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 CROSS JOIN LATERAL (
      SELECT CASE r.ev_type WHEN '2' THEN 'UPDATE' WHEN '3' THEN 'INSERT' WHEN '4' THEN 'DELETE' END AS event
  ) AS e
 WHERE r.ev_type <> '1' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
