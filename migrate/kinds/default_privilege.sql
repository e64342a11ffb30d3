-- Default privileges: what a role may do with objects that are yet to be made, where that is not what it may do anyway. Parameters:
-- none. Columns: those of struct object, then the fields of default_privilege.c. The role that owns most relations (of an empty
-- database: its owner) stands for whoever runs the script, and is not named: it has another name in every place. Serves 12 and later.
WITH chief AS (
    SELECT coalesce((SELECT c.relowner
                       FROM pg_catalog.pg_class AS c
                       JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
                      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                      GROUP BY c.relowner
                      ORDER BY count(*) DESC, c.relowner
                      LIMIT 1),
                    (SELECT d.datdba FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())) AS oid
), defaults AS (
    SELECT d.oid, d.defaclrole AS role, d.defaclnamespace AS namespace, d.defaclobjtype AS type, d.defaclacl AS acl
      FROM pg_catalog.pg_default_acl AS d
), granted AS (
    SELECT d.oid, e.grantee, e.privilege_type AS privilege, bool_or(e.is_grantable) AS is_grantable, true AS is_actual
      FROM defaults AS d
     CROSS JOIN LATERAL pg_catalog.aclexplode(d.acl) AS e
     GROUP BY d.oid, e.grantee, e.privilege_type
    UNION ALL
    -- What is said for a schema adds to what is said for all, which takes the place of what the server has built in.
    SELECT d.oid, e.grantee, e.privilege_type, e.is_grantable, false
      FROM defaults AS d
     CROSS JOIN LATERAL pg_catalog.aclexplode(
                  pg_catalog.acldefault((CASE d.type WHEN 'S' THEN 's' ELSE d.type::text END)::"char", d.role)) AS e
     WHERE d.namespace = 0
), entries AS (
    SELECT g.oid, g.grantee,
           string_agg(g.privilege || CASE WHEN g.is_grantable THEN '*' ELSE '' END, ', ' ORDER BY g.privilege)
               FILTER (WHERE g.is_actual) AS actual,
           string_agg(g.privilege || CASE WHEN g.is_grantable THEN '*' ELSE '' END, ', ' ORDER BY g.privilege)
               FILTER (WHERE NOT g.is_actual) AS by_default
      FROM granted AS g
     GROUP BY g.oid, g.grantee
)
SELECT concat(w.place || ' ', 'ON ', w.noun, ' TO ', w.grantee) AS identity,
       concat(w.place || ' ', 'ON ', w.noun, ' TO ', w.grantee) AS name,
       quote_ident(n.nspname) AS parent,
       n.nspname AS schema,
       NULL AS comment,
       'pg_default_acl'::regclass::oid AS class_id,
       d.oid AS object_id,
       0 AS sub_id,
       e.actual AS value,
       e.by_default,
       w.place,
       w.role,
       w.noun AS target,
       w.grantee
  FROM entries AS e
  JOIN defaults AS d ON d.oid = e.oid
  LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = d.namespace
  LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = d.role
  LEFT JOIN pg_catalog.pg_roles AS a ON a.oid = e.grantee
 CROSS JOIN LATERAL (
      SELECT CASE WHEN d.role <> (SELECT chief.oid FROM chief) THEN quote_ident(r.rolname) END AS role,
             nullif(concat_ws(' ', CASE WHEN d.role <> (SELECT chief.oid FROM chief)
                                        THEN pg_catalog.format('FOR ROLE %I', r.rolname) END,
                              CASE WHEN n.nspname IS NOT NULL THEN pg_catalog.format('IN SCHEMA %I', n.nspname) END), '') AS place,
             CASE d.type WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES'
                         WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END AS noun,
             CASE WHEN e.grantee = 0 THEN 'PUBLIC' WHEN e.grantee = d.role THEN 'OWNER' ELSE quote_ident(a.rolname) END AS grantee
  ) AS w
 WHERE e.actual IS DISTINCT FROM e.by_default AND w.grantee IS NOT NULL
