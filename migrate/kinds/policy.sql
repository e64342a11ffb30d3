-- Row security policies. Parameters: none. Columns: those of struct object, then the fields of policy.c. Serves 12 and later.
SELECT pg_catalog.format('%I.%I.%I', n.nspname, c.relname, p.polname) AS identity,
       quote_ident(p.polname) AS name,
       pg_catalog.format('%I.%I', n.nspname, c.relname) AS parent,
       n.nspname AS schema,
       obj_description(p.oid, 'pg_policy') AS comment,
       'pg_policy'::regclass::oid AS class_id,
       p.oid AS object_id,
       0 AS sub_id,
       CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END
           AS command,
       p.polpermissive::text AS permissive,
       r.roles,
       pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS using_expression,
       pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) AS check_expression
  FROM pg_catalog.pg_policy AS p
  JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid AND c.relkind IN ('r', 'p')
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 CROSS JOIN LATERAL (
      SELECT string_agg(CASE WHEN u.role = 0 THEN 'PUBLIC' ELSE quote_ident(a.rolname) END, ', ' ORDER BY a.rolname COLLATE "C")
                 AS roles
        FROM unnest(p.polroles) AS u(role)
        LEFT JOIN pg_catalog.pg_roles AS a ON a.oid = u.role
  ) AS r
 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
