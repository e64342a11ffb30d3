-- Every relation (of users: an oid of 16384 or more) outside the system's schemas: its file, what this transaction has scanned and written of it so far, and the locks that
-- a session holds or waits for. Indexes name their table. $1: the session's backend process id.
-- Columns: id, table_id, relation, name, kind, persistence, file, space, scans, inserted, updated, deleted, is_unique (an index), locks (names
-- of modes, a blank between). By id. Serves 12 and newer.
SELECT c.oid::bigint AS id, coalesce(i.indrelid, c.oid)::bigint AS table_id, pg_catalog.format('%I.%I', n.nspname, c.relname) AS relation,
    c.relname::text AS name, c.relkind::text AS kind, c.relpersistence::text AS persistence,
    coalesce(pg_catalog.pg_relation_filenode(c.oid), 0)::bigint AS file, c.reltablespace::bigint AS space,
    coalesce(pg_catalog.pg_stat_get_xact_numscans(c.oid), 0) AS scans,
    coalesce(pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid), 0) AS inserted,
    coalesce(pg_catalog.pg_stat_get_xact_tuples_updated(c.oid), 0) AS updated,
    coalesce(pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid), 0) AS deleted, coalesce(i.indisunique, false) AS is_unique,
    coalesce(l.locks, '') AS locks
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
LEFT JOIN (
    SELECT p.relation, pg_catalog.string_agg(DISTINCT p.mode, ' ') AS locks
    FROM pg_catalog.pg_locks AS p
    WHERE p.locktype = 'relation' AND p.pid = $1::integer
        AND p.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
    GROUP BY p.relation) AS l ON l.relation = c.oid
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind <> 'c' AND c.oid >= 16384
ORDER BY c.oid
