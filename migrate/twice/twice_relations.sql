-- All tables (r) or sequences (S) that may be read and set; temporary ones are left out. $1: an array of kinds. Columns: oid, kind, name, xid, as
-- in twice_glance.sql. By oid. Serves 12 and newer.
SELECT c.oid::bigint AS oid, c.relkind::text AS kind, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, (-1)::bigint AS xid
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname !~ '^pg_'
WHERE c.relkind = ANY ($1::"char"[]) AND c.relpersistence <> 't' AND c.oid >= 16384 AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
ORDER BY c.oid
