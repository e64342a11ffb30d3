-- Grants: what a role may do with an object, where that is not what it may do by default. Parameters: none. Columns: those of struct
-- object, then the fields of grant.c. The owner is called OWNER, whoever it is; who granted is left out. An object whose privileges
-- were never touched has none. They are no objects of pg_depend: class_id is 0. Serves 12 and later.
WITH relations AS (
    SELECT c.oid, c.relkind, c.relowner, c.relacl, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
      FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), objects AS (
    SELECT r.oid, 0 AS sub_id, r.relowner AS owner, r.relacl AS acl, r.name, r.name AS parent, '' AS part, NULL AS "column",
           CASE r.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || r.name AS target, CASE r.relkind WHEN 'S' THEN 's' ELSE 'r' END AS type
      FROM relations AS r
     WHERE r.relacl IS NOT NULL
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.deptype = 'i' AND d.refobjsubid > 0)
    UNION ALL
    -- The sequence of an identity column is a part of the column.
    SELECT r.oid, 0, r.relowner, r.relacl, r.name, pg_catalog.format('%s.%I', t.name, a.attname), 'SEQUENCE ', NULL,
           'SEQUENCE ' || r.name, 's'
      FROM relations AS r
      JOIN pg_catalog.pg_depend AS d
        ON d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.deptype = 'i' AND d.refobjsubid > 0
      JOIN relations AS t ON t.oid = d.refobjid
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
     WHERE r.relkind = 'S' AND r.relacl IS NOT NULL
    UNION ALL
    SELECT a.attrelid, a.attnum, r.relowner, a.attacl, pg_catalog.format('%s.%I', r.name, a.attname),
           CASE WHEN r.relkind IN ('r', 'p') THEN pg_catalog.format('%s.%I', r.name, a.attname) ELSE r.name END,
           CASE WHEN r.relkind IN ('r', 'p') THEN '' ELSE pg_catalog.format('%I ', a.attname) END,
           quote_ident(a.attname), 'TABLE ' || r.name, 'c'
      FROM relations AS r
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.oid
     WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL
    SELECT p.oid, 0, p.proowner, p.proacl, p.oid::regprocedure::text, p.oid::regprocedure::text, '', NULL,
           CASE p.prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END || p.oid::regprocedure::text, 'f'
      FROM pg_catalog.pg_proc AS p
      JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
     WHERE p.proacl IS NOT NULL AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION ALL
    SELECT t.oid, 0, t.typowner, t.typacl, pg_catalog.format('%I.%I', n.nspname, t.typname),
           pg_catalog.format('%I.%I', n.nspname, t.typname), '', NULL, 
           CASE t.typtype WHEN 'd' THEN 'DOMAIN ' ELSE 'TYPE ' END || pg_catalog.format('%I.%I', n.nspname, t.typname), 'T'
      FROM pg_catalog.pg_type AS t
      JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
      LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
     WHERE t.typacl IS NOT NULL AND (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c')
       AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION ALL
    SELECT n.oid, 0, n.nspowner, n.nspacl, quote_ident(n.nspname), quote_ident(n.nspname), '', NULL, 'SCHEMA ' || quote_ident(n.nspname), 'n'
      FROM pg_catalog.pg_namespace AS n
     WHERE n.nspacl IS NOT NULL AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), granted AS (
    SELECT o.oid, o.sub_id, o.type, e.grantee, e.privilege_type AS privilege, bool_or(e.is_grantable) AS is_grantable, true AS is_actual
      FROM objects AS o
     CROSS JOIN LATERAL pg_catalog.aclexplode(o.acl) AS e
     GROUP BY o.oid, o.sub_id, o.type, e.grantee, e.privilege_type
    UNION ALL
    SELECT o.oid, o.sub_id, o.type, e.grantee, e.privilege_type, e.is_grantable, false
      FROM objects AS o
     CROSS JOIN LATERAL pg_catalog.aclexplode(pg_catalog.acldefault(o.type::text::"char", o.owner)) AS e
), entries AS (
    SELECT g.oid, g.sub_id, g.type, g.grantee,
           string_agg(g.privilege || CASE WHEN g.is_grantable THEN '*' ELSE '' END, ', ' ORDER BY g.privilege)
               FILTER (WHERE g.is_actual) AS actual,
           string_agg(g.privilege || CASE WHEN g.is_grantable THEN '*' ELSE '' END, ', ' ORDER BY g.privilege)
               FILTER (WHERE NOT g.is_actual) AS by_default
      FROM granted AS g
     GROUP BY g.oid, g.sub_id, g.type, g.grantee
)
SELECT o.name || ' TO ' || g.grantee AS identity,
       o.part || 'TO ' || g.grantee AS name,
       o.parent,
       NULL AS schema,
       NULL AS comment,
       0 AS class_id,
       o.oid AS object_id,
       o.sub_id,
       e.actual AS value,
       e.by_default,
       o.target,
       o."column",
       g.grantee
  FROM entries AS e
  JOIN objects AS o ON o.oid = e.oid AND o.sub_id = e.sub_id AND o.type = e.type
  LEFT JOIN pg_catalog.pg_roles AS a ON a.oid = e.grantee
 CROSS JOIN LATERAL (
      SELECT CASE WHEN e.grantee = 0 THEN 'PUBLIC' WHEN e.grantee = o.owner THEN 'OWNER' ELSE quote_ident(a.rolname) END AS grantee
  ) AS g
 WHERE e.actual IS DISTINCT FROM e.by_default AND g.grantee IS NOT NULL
