-- What this transaction has locked so that it could write to it: tables and sequences of users; temporary ones are left out.
-- Parameters: none. Columns: oid, kind (pg_class.relkind), name, xid (its number; -1: it has written nothing). One row at least: oid 0.
-- Serves 12 and newer.
SELECT c.oid::bigint AS oid, c.relkind::text AS kind, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, 0::bigint AS xid
FROM (SELECT DISTINCT l.relation FROM pg_catalog.pg_locks AS l
      WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.granted
          AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
          AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())) AS l
JOIN pg_catalog.pg_class AS c ON c.oid = l.relation AND c.oid >= 16384 AND c.relkind IN ('r', 'S') AND c.relpersistence <> 't'
    AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname !~ '^pg_'
UNION ALL
SELECT 0, '', '', coalesce(pg_catalog.txid_current_if_assigned() % 4294967296, -1)
ORDER BY 1
