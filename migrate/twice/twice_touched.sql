-- The sequences that this transaction may have moved; temporary ones are left out. Parameters: none. Columns: oid, kind, name, xid, as in
-- twice_glance.sql. Serves 12 and newer.
SELECT DISTINCT c.oid::bigint AS oid, 'S' AS kind, pg_catalog.format('%I.%I', c.relnamespace::regnamespace, c.relname) AS name, 0::bigint AS xid
FROM pg_catalog.pg_locks AS l
JOIN pg_catalog.pg_class AS c ON c.oid = l.relation AND c.relkind = 'S' AND c.relpersistence <> 't' AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.mode <> 'AccessShareLock'
