-- What this transaction has written to, or locked so that it could: tables (kind r) and sequences (S) of users, but for temporary
-- ones; system tables (c). Where nothing was counted (track_counts) all system tables.
-- Parameters: none. Columns: oid, kind, name, xid (the transaction's number; -1: it has written nothing). One row at least: oid 0.
-- Serves 12 and newer.
SELECT 0::bigint AS oid, ''::text AS kind, ''::text AS name, coalesce(pg_catalog.txid_current_if_assigned() % 4294967296, -1)::bigint AS xid
UNION ALL
SELECT c.oid::bigint, c.relkind::text, pg_catalog.format('%I.%I', n.nspname, c.relname), 0::bigint
FROM pg_catalog.pg_locks AS l
JOIN pg_catalog.pg_class AS c ON c.oid = l.relation AND c.oid >= 16384 AND c.relkind IN ('r', 'S') AND c.relpersistence <> 't'
    AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname !~ '^pg_'
WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.granted
    AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
UNION
SELECT c.oid::bigint, 'c', c.relname::text, 0::bigint
FROM pg_catalog.pg_class AS c
WHERE pg_catalog.txid_current_if_assigned() IS NOT NULL AND c.relnamespace = 11 AND c.relkind = 'r' AND c.oid < 16384
    AND (pg_catalog.current_setting('track_counts') = 'off'
        OR coalesce(((SELECT nullif(pg_catalog.current_setting('pgdeck.counts', true), '')::jsonb) ->> c.oid::text)::bigint, 0)
            <> pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid) + pg_catalog.pg_stat_get_xact_tuples_updated(c.oid)
                + pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid))
ORDER BY 1
