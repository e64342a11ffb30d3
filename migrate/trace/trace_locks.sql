-- The relation locks that a session holds or waits for now, in this database. $1: its backend process id.
-- Columns: id (oid), mode, granted. Serves 12 and newer.
SELECT l.relation::bigint AS id, l.mode AS mode, l.granted
FROM pg_catalog.pg_locks AS l
JOIN pg_catalog.pg_database AS d ON d.oid = l.database AND d.datname = pg_catalog.current_database()
WHERE l.locktype = 'relation' AND l.pid = $1::integer
