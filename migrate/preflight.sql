-- What may be in the way of a run now, a row each.
-- Parameters: $1 the planned relations (text[], quoted names), $2 the role that migrates ("" for the session's own), $3 the
-- age in milliseconds from which a transaction is long. Columns: what ("holder" of a lock on a planned relation, "long" or idle
-- transaction, "prepared" transaction, "invalid" index, "lag" of a standby, "foreign" planned relation that the role does not
-- own, "room" in the lock table, "hidden": the role may not see what others do), pid, application, role (the server's user),
-- state, age_ms of the transaction, relation, mode of a lock as in pg_locks, number (of "lag": milliseconds; of "room": locks that
-- are left), is_wraparound, has_rights (of "foreign": may lock it in any mode). Oldest server: 12.
WITH me AS MATERIALIZED (
    SELECT d.oid AS database, coalesce(nullif($2::text, ''), current_user::text)::name AS migrator
    FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()
), planned AS MATERIALIZED (
    SELECT p.name, pg_catalog.to_regclass(p.name)::oid AS oid FROM pg_catalog.unnest($1::text[]) AS p(name)
), locks AS MATERIALIZED (
    SELECT l.pid, l.locktype, l.database, l.relation, l.mode, l.granted, l.virtualtransaction, l.transactionid
    FROM pg_catalog.pg_lock_status() AS l
), sessions AS MATERIALIZED (
    SELECT a.pid, a.datname, a.application_name, a.usename::text AS usename, coalesce(a.state, a.backend_type) AS state, a.state AS client_state,
        (1000 * EXTRACT(epoch FROM pg_catalog.clock_timestamp() - a.xact_start))::bigint AS age_ms,
        coalesce(a.query LIKE '%(to prevent wraparound)%' AND a.backend_type = 'autovacuum worker', false) AS is_wraparound
    FROM pg_catalog.pg_stat_activity AS a WHERE a.pid <> pg_catalog.pg_backend_pid()
)
SELECT 'holder' AS what, s.pid::bigint AS pid, s.application_name AS application, s.usename AS role, s.state AS state,
    s.age_ms AS age_ms, p.name AS relation, l.mode AS mode, NULL::bigint AS number, s.is_wraparound AS is_wraparound, true AS has_rights
FROM planned AS p
JOIN locks AS l ON l.locktype = 'relation' AND l.relation = p.oid AND l.granted AND l.database IN (0, (SELECT m.database FROM me AS m))
JOIN sessions AS s ON s.pid = l.pid
UNION ALL
SELECT 'long', s.pid, s.application_name, s.usename, s.state, s.age_ms, NULL, NULL, NULL, false, true
FROM sessions AS s
WHERE s.datname = pg_catalog.current_database() AND s.client_state IS NOT NULL
    AND (s.age_ms >= $3::bigint OR s.client_state LIKE 'idle in transaction%')
UNION ALL
SELECT 'prepared', NULL, x.gid, x.owner::text, 'prepared',
    (1000 * EXTRACT(epoch FROM pg_catalog.clock_timestamp() - x.prepared))::bigint, p.name, l.mode, NULL, false, true
FROM pg_catalog.pg_prepared_xacts AS x
LEFT JOIN (locks AS t JOIN locks AS l ON l.virtualtransaction = t.virtualtransaction AND l.pid IS NULL AND l.locktype = 'relation'
    JOIN planned AS p ON p.oid = l.relation) ON t.transactionid = x.transaction AND t.pid IS NULL
WHERE x.database = pg_catalog.current_database()
UNION ALL
SELECT 'invalid', NULL, NULL, NULL, NULL, NULL, pg_catalog.format('%I.%I', n.nspname, c.relname), NULL, NULL, false, true
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid AND c.relkind = 'i'
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND NOT EXISTS (SELECT FROM locks AS l WHERE l.relation = i.indexrelid AND l.pid <> pg_catalog.pg_backend_pid())
UNION ALL
SELECT 'lag', r.pid, r.application_name, r.usename::text, r.state, NULL, NULL, NULL,
    (1000 * EXTRACT(epoch FROM r.replay_lag))::bigint, false, true
FROM pg_catalog.pg_stat_replication AS r WHERE r.replay_lag IS NOT NULL
UNION ALL
SELECT 'foreign', NULL, NULL, c.relowner::pg_catalog.regrole::text, NULL, NULL, p.name, NULL, NULL, false,
    pg_catalog.has_table_privilege(m.migrator, p.oid, 'UPDATE, DELETE, TRUNCATE')
FROM planned AS p JOIN pg_catalog.pg_class AS c ON c.oid = p.oid AND c.relkind IN ('r', 'p', 'm') CROSS JOIN me AS m
WHERE NOT pg_catalog.pg_has_role(m.migrator, c.relowner, 'USAGE')
UNION ALL
SELECT 'room', NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    pg_catalog.current_setting('max_locks_per_transaction')::bigint * (pg_catalog.current_setting('max_connections')::bigint
        + pg_catalog.current_setting('max_prepared_transactions')::bigint) - (SELECT count(*) FROM locks), false, true
UNION ALL
SELECT 'hidden', NULL, NULL, current_user::text, NULL, NULL, NULL, NULL, NULL, false, true
WHERE NOT pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')
ORDER BY 1, 2, 7, 8
